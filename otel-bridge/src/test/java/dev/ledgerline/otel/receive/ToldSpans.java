// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Spans of some library, told one after the other, a second each, and what they come to. */
final class ToldSpans {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long START = 1_763_719_200L;
  private static final long NANOS = 1_000_000_000;

  private final String library;
  private final String version;
  private final ListIntake intake = new ListIntake();
  private int told;

  ToldSpans(String library) {
    this(library, "");
  }

  ToldSpans(String library, String version) {
    this.library = library;
    this.version = version;
  }

  /** The id of the n-th trace or span. */
  static String trace(int n) {
    return "%032x".formatted(n);
  }

  static String id(int n) {
    return "%016x".formatted(n);
  }

  /** A span that can be given more before it is told. */
  final class Span {
    private final ObjectNode json = JSON.createObjectNode();
    private final ArrayNode attributes = JSON.createArrayNode();

    private Span(int trace, int id, String name) {
      long begins = START + told++;
      json.put("traceId", trace(trace)).put("spanId", id(id)).put("name", name);
      json.put("startTimeUnixNano", begins * NANOS + "");
      json.put("endTimeUnixNano", (begins + 1) * NANOS + "");
      json.put("flags", 0x100);
      json.set("attributes", attributes);
    }

    Span in(int parent) {
      json.put("parentSpanId", id(parent));
      return this;
    }

    Span failing(String message) {
      json.putObject("status").put("code", 2).put("message", message);
      return this;
    }

    Span linkingTo(int trace, int span) {
      json.withArray("links").addObject().put("traceId", trace(trace)).put("spanId", id(span));
      return this;
    }

    Span with(String key, String value) {
      attributes.add(attribute(key, value));
      return this;
    }

    Span with(String key, long value) {
      ObjectNode attribute = attributes.addObject().put("key", key);
      attribute.putObject("value").put("intValue", value + "");
      return this;
    }

    Span listing(String key, String value) {
      ObjectNode list = attributes.addObject().put("key", key).putObject("value");
      list.putObject("arrayValue").putArray("values").addObject().put("stringValue", value);
      return this;
    }

    /** Something happened in it so many seconds after the first span began. */
    Span happened(String name, int seconds, String... keysAndValues) {
      ObjectNode event = json.withArray("events").addObject().put("name", name);
      event.put("timeUnixNano", (START + seconds) * NANOS + "");
      for (int i = 0; i < keysAndValues.length; i += 2) {
        event.withArray("attributes").add(attribute(keysAndValues[i], keysAndValues[i + 1]));
      }
      return this;
    }

    void tell() throws InterruptedException {
      ObjectNode export = JSON.createObjectNode();
      ObjectNode ofScope =
          export.putArray("resourceSpans").addObject().putArray("scopeSpans").addObject();
      ofScope.putObject("scope").put("name", library).put("version", version);
      ofScope.putArray("spans").add(json);
      OtlpAnswer answer =
          new OtlpReceiver(intake)
              .receive(
                  Signal.TRACES,
                  export.toString().getBytes(UTF_8),
                  Encoding.JSON,
                  ListIntake.CONTEXT);
      assertEquals("{}", new String(answer.body(), UTF_8));
    }
  }

  private static JsonNode attribute(String key, String value) {
    ObjectNode attribute = JSON.createObjectNode().put("key", key);
    attribute.putObject("value").put("stringValue", value);
    return attribute;
  }

  Span span(int trace, int id, String name) {
    return new Span(trace, id, name);
  }

  /** Facts of a kind that were told, with the ids of their runs. */
  <F extends Fact> List<F> facts(Class<F> kind) {
    return drafts().map(Draft::fact).filter(kind::isInstance).map(kind::cast).toList();
  }

  Stream<Draft> drafts() {
    return intake.drafts.stream();
  }

  /** What is told under the ids of these runs, as one run. */
  RunFold run(String... ids) {
    RunFold fold = new RunFold(new RunKey("test", ids[0]));
    List<Draft> its =
        drafts().filter(draft -> Arrays.asList(ids).contains(draft.scope().run())).toList();
    for (int i = 0; i < its.size(); i++) {
      fold.add(event(its.get(i)), i + 1);
    }
    return fold;
  }

  /** As the collector would make it. */
  static Event event(Draft draft) {
    return new Event(
        EventId.named(draft.toString()),
        "test",
        OtlpDialect.NAME,
        draft.nativeType(),
        draft.nativeId(),
        draft.scope(),
        draft.occurredAt(),
        ListIntake.CONTEXT.observedAt(),
        draft.timeQuality(),
        draft.order(),
        draft.fact(),
        draft.flags(),
        draft.summary());
  }
}
