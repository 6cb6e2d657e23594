// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.json.NativeJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Events of every dialect, written in the native form and read back, say the same facts. */
class NativeRoundTripTest {
  private static final Context NO_HEADERS =
      new Context("pond", null, null, null, null, null, null, Golden.OBSERVED);

  /** A draft and the record that it came from. */
  private record Told(Draft draft, JsonNode original) {}

  @TestFactory
  Stream<DynamicTest> saysTheSameFactsAgain() {
    return Golden.all()
        .map(golden -> DynamicTest.dynamicTest(golden.toString(), () -> writeAndRead(golden)));
  }

  private static void writeAndRead(Golden golden) {
    int read = 0;
    for (Told told : told(golden)) {
      Draft draft = told.draft();
      JsonNode json = NativeJson.write(event(draft, golden.dialect()), told.original());
      RawRecord record = new RawRecord(bytes(json.toString()), json);
      AgentProtocolDialect nativeForm = new AgentProtocolDialect();
      if (draft.scope().run() == null && !nativeForm.claims(record)) {
        continue; // what belongs to no run can be told in the source's own form only
      }
      Decoded decoded = nativeForm.decode(record, NO_HEADERS, new MapMemory());
      if (draft.scope().run() == null && decoded instanceof Decoded.Rejected) {
        continue;
      }
      Draft again =
          assertInstanceOf(Decoded.Drafts.class, decoded, json::toString).drafts().getFirst();
      assertEquals(withoutPointers(draft.fact()), withoutPointers(again.fact()), json::toString);
      assertEquals(pointed(draft.fact(), told.original()), pointed(again.fact(), json));
      assertEquals(draft.scope(), again.scope());
      assertEquals(draft.occurredAt(), again.occurredAt());
      assertEquals(draft.timeQuality(), again.timeQuality());
      assertEquals(draft.order(), again.order());
      read++;
    }
    assertTrue(read > 0);
  }

  private static List<Told> told(Golden golden) {
    Dialect dialect = Dialects.standard().named(golden.dialect());
    assertNotNull(dialect);
    MapMemory memory = new MapMemory();
    List<Told> told = new ArrayList<>();
    for (Golden.Line line : golden.lines()) {
      if (line instanceof Golden.Line.Sent(String text, Context context)) {
        JsonNode original = Recorder.parse(bytes(text));
        RawRecord record = new RawRecord(bytes(text), original);
        if (dialect.decode(record, context, memory) instanceof Decoded.Drafts drafts) {
          drafts.drafts().forEach(draft -> told.add(new Told(draft, original)));
        }
      }
    }
    return told;
  }

  private static Event event(Draft draft, String dialect) {
    return new Event(
        EventId.named("e"),
        "pond",
        dialect,
        draft.nativeType(),
        draft.nativeId(),
        draft.scope(),
        draft.occurredAt(),
        Golden.OBSERVED,
        draft.timeQuality(),
        draft.order(),
        draft.fact(),
        draft.flags(),
        draft.summary());
  }

  private static Fact withoutPointers(Fact fact) {
    return switch (fact) {
      case Fact.Message m -> new Fact.Message(m.role(), m.delta(), null);
      case Fact.Reasoning r -> new Fact.Reasoning(null);
      case Fact.ToolCall c -> new Fact.ToolCall(c.callId(), c.name(), null);
      case Fact.ToolResult r ->
          new Fact.ToolResult(
              r.callId(), r.name(), r.outcome(), null, r.error(), r.opens(), r.tentative());
      default -> fact;
    };
  }

  /** The large part of a fact, as text; arguments that are JSON inside a string as that JSON. */
  private static @Nullable String pointed(Fact fact, JsonNode record) {
    String pointer =
        switch (fact) {
          case Fact.Message m -> m.textPointer();
          case Fact.Reasoning r -> r.textPointer();
          case Fact.ToolCall c -> c.argsPointer();
          case Fact.ToolResult r -> r.resultPointer();
          default -> null;
        };
    JsonNode node = pointer == null ? null : record.at(pointer);
    if (node == null || node.isNull()) {
      return null;
    }
    if (node.isTextual() && node.textValue().startsWith("{") && fact instanceof Fact.ToolCall) {
      return Recorder.parse(bytes(node.textValue())).toString();
    }
    return node.isTextual() ? node.textValue() : node.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
