// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.compat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.query.UnansweredException;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Jaeger's search asks for: traces in which one span is all of this. Times are microseconds;
 * null: any.
 *
 * @param tags what a span, or its run, is to say of itself
 */
record JaegerSearch(
    @Nullable String service,
    @Nullable String operation,
    @Nullable Long from,
    @Nullable Long until,
    @Nullable Long shortest,
    @Nullable Long longest,
    Map<String, String> tags,
    int limit) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What Jaeger's UI asks for when it says nothing. */
  static final int USUAL_TRACES = 20;

  static final int MAX_TRACES = 200;

  /** Go's durations: {@code 1.5s}, {@code 1m30s}, {@code 100us}. */
  private static final Pattern DURATION = Pattern.compile("([0-9.]+)(ns|us|µs|ms|s|m|h)");

  /** Runs that failed, and those in which anything did. */
  private static final String FAILED =
      "(has:error OR error:* OR state:failed OR state:timed_out OR state:lost)";

  static JaegerSearch of(Context request) throws UnansweredException {
    Long limit = number(request, "limit");
    JaegerSearch search =
        new JaegerSearch(
            told(request, "service"),
            told(request, "operation"),
            number(request, "start"),
            number(request, "end"),
            micros(request, "minDuration"),
            micros(request, "maxDuration"),
            tags(request),
            limit == null ? USUAL_TRACES : Math.clamp(limit, 1, MAX_TRACES));
    if (search.shortest != null && search.longest != null && search.longest < search.shortest) {
      throw UnansweredException.Misput.request("maxDuration is less than minDuration");
    }
    return search;
  }

  /** What all runs are that may have such a span, in our query language. */
  String query() {
    List<String> terms = new ArrayList<>();
    if (service != null) {
      terms.add(ofService(service));
    }
    boolean failed = tags.containsKey("error"); // which may be told of a tool without its name
    if (operation != null && operation.startsWith("execute_tool ") && !failed) {
      terms.add("tool:" + quoted(operation.substring("execute_tool ".length())));
    }
    if (from != null) {
      terms.add("-ended<" + instant(from)); // what has no end goes on
    }
    if (until != null) {
      terms.add("started<=" + instant(until));
    }
    if (shortest != null) {
      terms.add("-duration<" + shortest / 1_000 + "ms");
    }
    tags.forEach((key, value) -> terms.add(ofTag(key, value)));
    return String.join(" ", terms);
  }

  private static String ofTag(String key, String value) {
    return switch (key) {
      case "error" -> value.equals("true") ? FAILED : "";
      case "ledgerline.run.id" -> "run:" + quoted(value);
      case "ledgerline.source" -> "source:" + quoted(value);
      case "ledgerline.run.state" -> "state:" + quoted(value);
      case "ledgerline.run.verdict" -> "verdict:" + quoted(value);
      case "ledgerline.task.id" -> "task:" + quoted(value);
      case "gen_ai.conversation.id", "session.id" -> "thread:" + quoted(value);
      default -> quoted(value);
    };
  }

  /** Whether a span is what is asked for, but for the tags that its run was chosen by. */
  boolean finds(String spanService, JsonNode span, boolean failed) {
    long start = span.path("startTime").asLong();
    long duration = span.path("duration").asLong();
    String error = tags.get("error");
    return (service == null || service.equals(spanService))
        && (operation == null || operation.equals(span.path("operationName").asText()))
        && (from == null || start >= from)
        && (until == null || start <= until)
        && (shortest == null || duration >= shortest)
        && (longest == null || duration <= longest)
        && (error == null || error.equals("true") == failed);
  }

  /** A run that names no agent is of the service that is called as its source. */
  static String ofService(String service) {
    String name = quoted(service);
    return "(agent:" + name + " OR (source:" + name + " -agent:*))";
  }

  static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static @Nullable String told(Context request, String name) {
    String value = request.queryParam(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** Null where it is not told. */
  static @Nullable Long number(Context request, String name) throws UnansweredException {
    String text = told(request, name);
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw unreadable(name, "is no number: " + text);
    }
  }

  private static @Nullable Long micros(Context request, String name) throws UnansweredException {
    String text = told(request, name);
    if (text == null) {
      return null;
    }
    double micros = 0;
    Matcher part = DURATION.matcher(text);
    int end = 0;
    for (; end < text.length() && part.find(end) && part.start() == end; end = part.end()) {
      double microsPerUnit =
          switch (part.group(2)) {
            case "ns" -> 0.001;
            case "us", "µs" -> 1;
            case "ms" -> 1e3;
            case "s" -> 1e6;
            case "m" -> 60e6;
            default -> 3600e6;
          };
      try {
        micros += Double.parseDouble(part.group(1)) * microsPerUnit;
      } catch (NumberFormatException e) {
        throw unreadable(name, "is no duration: " + text);
      }
    }
    if (end < text.length()) {
      throw unreadable(name, "is no duration: " + text);
    }
    return Math.round(micros);
  }

  /** Of {@code tags={"key":"value"}} and {@code tag=key:value}. */
  private static Map<String, String> tags(Context request) throws UnansweredException {
    Map<String, String> tags = new LinkedHashMap<>();
    for (String tag : request.queryParams("tag")) {
      int colon = tag.indexOf(':');
      if (colon < 1) {
        throw unreadable("tag", "is not key:value: " + tag);
      }
      tags.put(tag.substring(0, colon), tag.substring(colon + 1));
    }
    for (String text : request.queryParams("tags")) {
      try {
        JSON.readTree(text).properties().forEach(t -> tags.put(t.getKey(), t.getValue().asText()));
      } catch (JsonProcessingException e) {
        throw unreadable("tags", "is no JSON object: " + e.getOriginalMessage());
      }
    }
    tags.values().removeIf(String::isEmpty);
    return tags;
  }

  private static UnansweredException unreadable(String parameter, String why) {
    return UnansweredException.Misput.request("parameter '" + parameter + "' " + why);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
