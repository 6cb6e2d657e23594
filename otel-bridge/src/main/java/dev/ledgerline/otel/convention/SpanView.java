// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.otel.convention.Attributes.Attribute;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A record of a span, read by meaning. A value that the protocol does not allow reads as absent and
 * is remembered as {@link #invalid()}.
 */
final class SpanView {
  /** Codes of {@code Status}. */
  enum Status {
    UNSET,
    OK,
    ERROR
  }

  /** First words of the names that OpenTelemetry has for transport. */
  private static final Set<String> PLUMBING =
      Set.of(
          "http",
          "url",
          "db",
          "rpc",
          "messaging",
          "net",
          "network",
          "server",
          "client",
          "user_agent",
          "asgi",
          "peer");

  /** Events of up to 1.36 with messages that are neither what was asked nor the answer. */
  private static final Set<String> OTHER_MESSAGES =
      Set.of("gen_ai.system.message", "gen_ai.assistant.message", "gen_ai.tool.message");

  /** Words that only in those events mean what a message says. */
  private static final Set<String> OF_EVENTS_ONLY = Set.of("content", "message");

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Larger values are not looked into: whole histories stand there. */
  private static final int MAX_PARSED = 1 << 20;

  /** Where a log record stands in its record. */
  static final String LOG = "logRecord";

  private final String scope;
  private final String scopeVersion;

  /** The same in the spelling of Python, empty where it is no instrumentation. */
  private final String instrumentation;

  private final JsonNode span;
  private final Attributes attributes;
  private final Attributes resource;
  private boolean invalid;

  /** Names of its attributes that somebody asked for; null where nobody wants to know. */
  private @Nullable Set<String> asked;

  SpanView(JsonNode record) {
    this(record, "span");
  }

  /** A log record, read alike. */
  static SpanView ofLog(JsonNode record) {
    return new SpanView(record, LOG);
  }

  /** A data point of a metric, read alike. */
  static SpanView ofPoint(JsonNode record, JsonNode point) {
    return new SpanView(record, point);
  }

  private SpanView(JsonNode record, String member) {
    this(record, record.path(member));
  }

  private SpanView(JsonNode record, JsonNode described) {
    scope = record.path("scope").path("name").asText();
    scopeVersion = record.path("scope").path("version").asText();
    instrumentation = scope.contains("instrumentation") ? scope.replace('-', '_') : "";
    span = described;
    attributes = Attributes.of(span);
    resource = Attributes.of(record.path("resource"));
  }

  /** The version of the library that made the span, empty where it is not told. */
  String scopeVersion() {
    return scopeVersion;
  }

  /** The library that made the span. */
  String scope() {
    return scope;
  }

  /** Whether an instrumentation of that library made it, as Python or JavaScript spells it. */
  boolean instruments(String library) {
    return instrumentation.endsWith(library);
  }

  /**
   * Whether it tells of the transport around the work: requests, queries and messages, by the names
   * that OpenTelemetry has for them.
   */
  boolean isPlumbing() {
    for (String name : attributes.names()) {
      int dot = name.indexOf('.');
      if (dot > 0 && PLUMBING.contains(name.substring(0, dot))) {
        return true;
      }
    }
    return false;
  }

  /** Notes from now on which attributes it is asked for. */
  void notesWhatIsAsked() {
    asked = new HashSet<>();
  }

  /** Its attributes that nobody asked for and that mean nothing to anybody. */
  List<String> unmapped() {
    Set<String> known = asked == null ? Set.of() : asked;
    List<String> unmapped = new ArrayList<>();
    for (String name : attributes.names()) {
      if (!known.contains(name) && !Conventions.TABLES.knows(name)) {
        unmapped.add(name);
      }
    }
    return unmapped;
  }

  private @Nullable Attribute find(String name) {
    Attribute found = attributes.get(name);
    if (asked != null && found != null) {
      asked.add(name);
    }
    return found;
  }

  boolean has(String attribute) {
    return find(attribute) != null;
  }

  /** An attribute of that very name as text, null where it is absent, empty or a structure. */
  @Nullable String attribute(String name) {
    return scalarText(find(name));
  }

  /** The same of the process that made the span. */
  @Nullable String ofResource(String name) {
    return scalarText(resource.get(name));
  }

  private static @Nullable String scalarText(@Nullable Attribute attribute) {
    String text = attribute == null ? null : attribute.text();
    return text == null || text.isEmpty() ? null : text;
  }

  /** An attribute that holds JSON in a text; missing where it does not, or is very long. */
  JsonNode json(String name) {
    String text = attribute(name);
    return text == null ? MissingNode.getInstance() : parsed(text);
  }

  /** An attribute as text that some versions write as JSON: without the quotes. */
  @Nullable String unquoted(String name) {
    String text = attribute(name);
    boolean quoted = text != null && text.length() > 1 && text.startsWith("\"");
    return quoted ? parsed("[" + text + "]").path(0).textValue() : text;
  }

  static JsonNode parsed(String text) {
    if (text.isEmpty() || text.length() > MAX_PARSED || "{[".indexOf(text.charAt(0)) < 0) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** The texts of an attribute that is an array; the text alone where it is none. */
  List<String> list(String name) {
    Attribute attribute = find(name);
    if (attribute == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : attribute.value().path("arrayValue").path("values")) {
      texts.add(element.path("stringValue").asText());
    }
    String alone = scalarText(attribute);
    if (alone != null) {
      JsonNode array = parsed(alone); // Agent Framework writes the array into a text
      array.forEach(element -> texts.add(element.asText()));
      if (!array.isArray()) {
        texts.add(alone);
      }
    }
    return texts;
  }

  /** A field of the span that is a number, 0 where it is unset. */
  int number(String field) {
    return span.path(field).asInt();
  }

  /** An attribute of that very name as a count; null where it is none. */
  @Nullable Long count(String name) {
    String text = attribute(name);
    return text != null && COUNT.matcher(text).matches() ? (Long) Long.parseLong(text) : null;
  }

  /** An attribute of that very name as a number; null where it is none. */
  @Nullable Double amount(String name) {
    return parsedNumber(attribute(name));
  }

  private static final Pattern COUNT = Pattern.compile("\\d{1,18}");

  /** Whether it has an event of that name. */
  boolean tells(String event) {
    for (JsonNode one : span.path("events")) {
      if (one.path("name").asText().equals(event)) {
        return true;
      }
    }
    return false;
  }

  /** An event of the span. */
  static final class Moment {
    final String name;
    final @Nullable Instant at;
    private final Attributes attributes;

    private Moment(SpanView span, JsonNode event) {
      name = event.path("name").asText();
      at = span.time(event.path("timeUnixNano"));
      attributes = Attributes.of(event);
    }

    @Nullable String attribute(String name) {
      return scalarText(attributes.get(name));
    }
  }

  /** Its events, in their order. */
  List<Moment> moments() {
    List<Moment> moments = new ArrayList<>();
    span.path("events").forEach(event -> moments.add(new Moment(this, event)));
    return moments;
  }

  /** An attribute of the newest event that has it. */
  @Nullable String ofEvents(String attribute) {
    JsonNode events = span.path("events");
    for (int i = events.size() - 1; i >= 0; i--) {
      String text = scalarText(Attributes.of(events.path(i)).get(attribute));
      if (text != null) {
        return text;
      }
    }
    return null;
  }

  /** The trace that its first link leads to, null where it has none. */
  @Nullable String linkedTrace() {
    String trace = span.path("links").path(0).path("traceId").asText();
    return trace.isEmpty() ? null : trace;
  }

  boolean hasParent() {
    return !Hex.isZero(text("parentSpanId"));
  }

  /**
   * Whether it has no parent in the same process: none at all, or one that the flags say to be
   * elsewhere. Senders that do not say so are taken by their word that there is one.
   */
  boolean entersProcess() {
    return !hasParent() || (span.path("flags").asLong() & PARENT_IS_REMOTE) == PARENT_IS_REMOTE;
  }

  /** Whether the flags say where the parent is (OTLP 1.1 and later). */
  boolean saysWhereParentIs() {
    return (span.path("flags").asLong() & PARENT_IS_KNOWN) != 0;
  }

  /** {@code SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK}, and that with {@code …_IS_REMOTE_MASK}. */
  private static final long PARENT_IS_KNOWN = 0x100;

  private static final long PARENT_IS_REMOTE = 0x300;

  boolean invalid() {
    return invalid;
  }

  String name() {
    return text("name");
  }

  /** A field of the span that is text, empty where it is unset. */
  String text(String field) {
    JsonNode value = span.path(field);
    if (!value.isMissingNode() && !value.isTextual()) {
      invalid = true;
    }
    return value.isTextual() ? value.textValue() : "";
  }

  /** A field of the span that is nanoseconds since 1970; null for 0, which means unset. */
  @Nullable Instant time(String field) {
    text(field); // flags what is no text
    return time(span.path(field));
  }

  private @Nullable Instant time(JsonNode field) {
    String digits = field.isTextual() ? field.textValue() : "";
    if (digits.isEmpty()) {
      return null;
    }
    try {
      long nanos = Long.parseUnsignedLong(digits);
      return nanos == 0
          ? null
          : Instant.ofEpochSecond(
              Long.divideUnsigned(nanos, NANOS_PER_SECOND),
              Long.remainderUnsigned(nanos, NANOS_PER_SECOND));
    } catch (NumberFormatException e) {
      invalid = true;
      return null;
    }
  }

  Status status() {
    JsonNode code = span.path("status").path("code");
    if (code.isMissingNode()) {
      return Status.UNSET;
    }
    if (code.isInt() && code.intValue() >= 0 && code.intValue() < Status.values().length) {
      return Status.values()[code.intValue()];
    }
    invalid = true;
    return Status.UNSET;
  }

  /** The status message, else the message of the newest exception, else the type of error. */
  @Nullable String error() {
    String message = span.path("status").path("message").asText();
    if (!message.isBlank()) {
      return message;
    }
    JsonNode events = span.path("events");
    for (int i = events.size() - 1; i >= 0; i--) {
      String exception = string(Attributes.of(events.path(i)), Meaning.EXCEPTION_MESSAGE, false);
      if (exception != null) {
        return exception;
      }
    }
    return string(Meaning.ERROR_TYPE);
  }

  /** JavaScript gives the code of an exception that has one for its type: 20 of an AbortError. */
  private static final Pattern CODE = Pattern.compile("\\d+|[A-Z][A-Z0-9_]+");

  private static final Pattern TYPE_OF_STACK = Pattern.compile("^(\\w{1,100})(?::|\\R|$)");

  /** Types of the exceptions that the span tells, in its events and in {@code error.type}. */
  List<String> exceptionTypes() {
    List<String> types = new ArrayList<>();
    for (JsonNode event : span.path("events")) {
      Attributes exception = Attributes.of(event);
      String type = string(exception, Meaning.EXCEPTION_TYPE, false);
      String stack = scalarText(exception.get("exception.stacktrace"));
      if (type != null) {
        Matcher named = TYPE_OF_STACK.matcher(stack == null ? "" : stack);
        types.add(CODE.matcher(type).matches() && named.find() ? named.group(1) : type);
      }
    }
    String type = string(Meaning.ERROR_TYPE);
    if (type != null) {
      types.add(type);
    }
    return types;
  }

  /** An attribute of the span as text, null where it is absent, empty or a structure. */
  @Nullable String string(Meaning meaning) {
    return string(attributes, meaning, true);
  }

  /** The same, else of the resource: what holds for a whole process is often said there. */
  @Nullable String stringHereOrInResource(Meaning meaning) {
    String here = string(meaning);
    return here != null ? here : string(resource, meaning, false);
  }

  private @Nullable String string(Attributes attributes, Meaning meaning, boolean flagged) {
    Attribute first = attributes.first(meaning);
    if (first == null) {
      return null;
    }
    String text = first.text();
    if (text != null && !text.isEmpty()) {
      return text;
    }
    for (String name : Conventions.TABLES.names(meaning)) {
      Attribute attribute = attributes.get(name);
      if (attribute != null) {
        text = attribute.text();
        if (text == null) {
          invalid |= flagged;
        } else if (!text.isEmpty()) {
          return text;
        }
      }
    }
    return null;
  }

  /** A text and the JSON pointer to it. */
  record Told(String text, String pointer) {}

  /**
   * Texts of that meaning, in the order of their names: attributes of the span, then those of its
   * events, where some libraries put messages.
   */
  List<Told> texts(Meaning meaning) {
    List<Told> texts = new ArrayList<>();
    addTexts(attributes, meaning, "/span", OF_EVENTS_ONLY, texts);
    JsonNode events = span.path("events");
    for (int i = 0; i < events.size(); i++) {
      String name = events.path(i).path("name").asText();
      if (name.startsWith("gen_ai.") && !OTHER_MESSAGES.contains(name)) {
        addTexts(Attributes.of(events.path(i)), meaning, "/span/events/" + i, Set.of(), texts);
      }
    }
    return texts;
  }

  private static void addTexts(
      Attributes attributes, Meaning meaning, String holder, Set<String> except, List<Told> texts) {
    for (String name : Conventions.TABLES.names(meaning)) {
      Attribute attribute = except.contains(name) ? null : attributes.get(name);
      if (attribute != null && attribute.value().path("stringValue").isTextual()) {
        String pointer = holder + "/attributes/" + attribute.index() + "/value/stringValue";
        texts.add(new Told(attribute.value().path("stringValue").textValue(), pointer));
      }
    }
  }

  /** JSON pointer into the record to the value of an attribute. */
  @Nullable String pointer(Meaning meaning) {
    Attribute attribute = attributes.first(meaning);
    if (attribute == null) {
      return null;
    }
    String value = "/span/attributes/" + attribute.index() + "/value";
    return attribute.value().path("stringValue").isTextual() ? value + "/stringValue" : value;
  }

  /** JSON pointer into the record to the text of an attribute of the span of that very name. */
  String pointerToText(String name) {
    Attribute attribute = find(name);
    int index = attribute == null ? 0 : attribute.index();
    return "/span/attributes/" + index + "/value/stringValue";
  }

  /** JSON pointer into the record of a log to the text of an attribute. */
  @Nullable String pointerTo(String name) {
    Attribute attribute = find(name);
    return attribute == null
        ? null
        : "/" + LOG + "/attributes/" + attribute.index() + "/value/stringValue";
  }

  /** Tokens of this span, null where it tells none. */
  @Nullable TokenUsage usage() {
    TokenUsage usage =
        new TokenUsage(
            count(Meaning.INPUT_TOKENS),
            count(Meaning.OUTPUT_TOKENS),
            count(Meaning.TOTAL_TOKENS),
            count(Meaning.CACHE_READ_TOKENS),
            count(Meaning.CACHE_WRITE_TOKENS),
            count(Meaning.REASONING_TOKENS),
            number(Meaning.COST_USD));
    return usage.equals(TokenUsage.UNTOLD) ? null : usage;
  }

  /** Some senders write numbers as strings or doubles. */
  private @Nullable Long count(Meaning meaning) {
    Double number = number(meaning);
    if (number == null) {
      return null;
    }
    if (number < 0 || number > Long.MAX_VALUE || number != Math.rint(number)) {
      invalid = true;
      return null;
    }
    return number.longValue();
  }

  private @Nullable Double number(Meaning meaning) {
    return parsedNumber(string(meaning));
  }

  private @Nullable Double parsedNumber(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Flagged like a number that is none.
    }
    invalid = true;
    return null;
  }
}
