// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventViewTest {
  private static EventView view(Fact fact, String original) {
    return EventView.of(Story.stored(Story.event("r", "e", fact), 1, original));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"args\":{\"a\":1}}|{\"a\":1}",
        "{\"args\":\"{\\\"a\\\":1}\"}|{\"a\":1}",
        "{\"args\":\" [1, 2]\"}|[1,2]",
        "{\"args\":\"{ not json\"}|\"{ not json\"",
        "{\"args\":\"{}{}\"}|\"{}{}\"",
        "{\"args\":\"12\"}|\"12\"",
        "{\"args\":null}|null",
        "{\"args\":1.50}|1.50",
        "{\"args\":123456789012345678901234567890}|123456789012345678901234567890",
        "{}|",
        "no json|",
      })
  void takesTheArgumentsOutOfTheRecord(String original, @Nullable String args) {
    EventView.Tool tool = view(new Fact.ToolCall("c", "t", "/args"), original).tool();
    JsonNode found = Objects.requireNonNull(tool).args();
    assertEquals(args, found == null ? null : found.toString());
  }

  @Test
  void knowsTheToolOfEveryKindOfToolEvent() {
    Fact result = new Fact.ToolResult("c", "t", ToolOutcome.OK, "/out", null, false, false);
    assertEquals(new EventView.Tool("t", "c", null), view(result, "{}").tool());
    Fact progress = new Fact.ToolProgress("c", "t");
    assertEquals(new EventView.Tool("t", "c", null), view(progress, "{}").tool());
    assertNotNull(view(span(StepKind.TOOL), "{}").tool());
    assertNull(view(span(StepKind.MODEL), "{}").tool());
    assertNull(view(new Fact.PlanUpdated(), "{}").tool());
  }

  private static Fact span(StepKind kind) {
    return new Fact.SpanRecorded(
        "s", null, kind, "n", "c", Story.NOON, null, ToolOutcome.OK, null, null, "/args", false);
  }

  @Test
  void findsWhatWasSaidOrAnswered() {
    String record = "{\"text\":\"hello\",\"out\":[1],\"args\":true}";
    assertEquals("\"hello\"", content(new Fact.Message(Role.USER, false, "/text"), record));
    assertEquals("\"hello\"", content(new Fact.Reasoning("/text"), record));
    assertEquals("true", content(new Fact.ToolCall(null, null, "/args"), record));
    assertEquals("true", content(span(StepKind.TOOL), record));
    assertEquals(
        "[1]",
        content(
            new Fact.ToolResult(null, null, ToolOutcome.OK, "/out", null, false, false), record));
    assertEquals("null", content(new Fact.Snapshot(), record));
    assertEquals("null", content(new Fact.Reasoning(null), record));
  }

  private static String content(Fact fact, String record) {
    return String.valueOf(view(fact, record).content());
  }

  @Test
  void wrapsWhatIsNoObject() {
    Fact line = new Fact.LogLine(null);
    assertEquals("{\"text\":\"[1]\"}", view(line, "[1]").payload().toString());
    assertEquals("{\"text\":\"\"}", view(line, "").payload().toString());
    assertEquals("{\"a\":1.0}", view(line, "{\"a\":1.0}").payload().toString());
  }
}
