// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.indexer.RunReader.Standing;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunFold.Placed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event with what its original record says. The record is parsed whenever something of it is
 * asked for, so that a list of events does not hold the trees of all.
 */
public final class EventView {
  /**
   * Numbers keep all their digits. Limits were kept when the record came in, but JSON inside a
   * string was not looked at then: what is too deep or a number too long stays a text.
   */
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** The tool that an event is about. */
  public record Tool(@Nullable String name, @Nullable String callId, @Nullable JsonNode args) {}

  private final Event event;
  private final @Nullable Long seq;
  private final @Nullable Long order;
  private final Position position;
  private final Set<Flag> flags;
  private final @Nullable String stepId;
  private final @Nullable Long parentSeq;
  private final byte[] original;
  private final @Nullable List<String> unmapped;

  private EventView(
      Event event,
      @Nullable Long seq,
      @Nullable Long order,
      Position position,
      Set<Flag> flags,
      @Nullable String stepId,
      @Nullable Long parentSeq,
      byte[] original,
      @Nullable List<String> unmapped) {
    this.event = event;
    this.seq = seq;
    this.order = order;
    this.position = position;
    this.flags = flags;
    this.stepId = stepId;
    this.parentSeq = parentSeq;
    this.original = original;
    this.unmapped = unmapped;
  }

  /** As the run store has it. */
  public static EventView of(StoredEvent stored) {
    boolean inRun = stored.seq() > 0;
    return new EventView(
        stored.event(),
        inRun ? stored.seq() : null,
        inRun ? (Long) stored.order() : stored.event().order(),
        stored.position(),
        stored.flags(),
        stored.stepId(),
        stored.parentSeq(),
        stored.original(),
        null);
  }

  /** As the log has it, before its run was folded. */
  public static EventView live(Event event, Position position, byte[] original) {
    return new EventView(
        event, null, event.order(), position, event.flags(), null, null, original, null);
  }

  /** As the log has it, with what the run store knows of it by now. */
  public static EventView live(Event event, Standing standing, Position position, byte[] original) {
    Placed placed = standing.placed();
    return new EventView(
        event,
        standing.seq(),
        placed.order(),
        position,
        placed.flags(),
        placed.stepId(),
        placed.parentSeq(),
        original,
        null);
  }

  public Event event() {
    return event;
  }

  /** Null while it is not indexed, and for an event without a run. */
  public @Nullable Long seq() {
    return seq;
  }

  /** Where it stands in the order of the source; null where that is not known (yet). */
  public @Nullable Long order() {
    return order;
  }

  public Position position() {
    return position;
  }

  public Set<Flag> flags() {
    return flags;
  }

  public @Nullable String stepId() {
    return stepId;
  }

  public @Nullable Long parentSeq() {
    return parentSeq;
  }

  /** The record as received, after redaction. */
  public String original() {
    return new String(original, StandardCharsets.UTF_8);
  }

  public int originalBytes() {
    return original.length;
  }

  /** The same with what its dialect makes nothing of. */
  EventView askedAgain(Dialect dialect) {
    List<String> left = dialect.unmapped(new RawRecord(original, json()));
    return new EventView(event, seq, order, position, flags, stepId, parentSeq, original, left);
  }

  /** Names in the record that nothing is read from; null where nobody can say. */
  public @Nullable List<String> unmapped() {
    return unmapped;
  }

  /** The record as a JSON object; a line of text is {@code {"text":"…"}}. */
  public JsonNode payload() {
    JsonNode record = json();
    return record.isObject()
        ? record
        : JsonNodeFactory.instance.objectNode().put("text", original());
  }

  /** Null where the event is about no tool. */
  public @Nullable Tool tool() {
    return switch (event.fact()) {
      case Fact.ToolCall call -> new Tool(call.name(), call.callId(), value(call.argsPointer()));
      case Fact.ToolProgress progress -> new Tool(progress.name(), progress.callId(), null);
      case Fact.ToolResult result -> new Tool(result.name(), result.callId(), null);
      case Fact.SpanRecorded span when span.stepKind() == StepKind.TOOL ->
          new Tool(span.name(), span.callId(), value(span.argsPointer()));
      default -> null;
    };
  }

  /** What was said, called with or answered: the part of the record that a reader looks for. */
  public @Nullable JsonNode content() {
    return switch (event.fact()) {
      case Fact.Message message -> value(message.textPointer());
      case Fact.Reasoning reasoning -> value(reasoning.textPointer());
      case Fact.ToolCall call -> value(call.argsPointer());
      case Fact.ToolResult result -> value(result.resultPointer());
      case Fact.SpanRecorded span -> value(span.argsPointer());
      default -> null;
    };
  }

  /** What stands there in the record; JSON inside a string is taken out of it. Null: nothing. */
  private @Nullable JsonNode value(@Nullable String pointer) {
    if (pointer == null) {
      return null;
    }
    JsonNode found = json().at(pointer);
    if (found.isMissingNode()) {
      return null;
    }
    if (found.isTextual() && looksLikeJson(found.textValue())) {
      try {
        return JSON.readTree(found.textValue());
      } catch (JsonProcessingException e) {
        return found; // a text that only begins like JSON
      }
    }
    return found;
  }

  private static boolean looksLikeJson(String text) {
    String start = text.stripLeading();
    return start.startsWith("{") || start.startsWith("[");
  }

  /** The record parsed; missing where it is a line of text. */
  private JsonNode json() {
    try {
      return JSON.readTree(original);
    } catch (IOException e) {
      return MissingNode.getInstance(); // a line of text
    }
  }
}
