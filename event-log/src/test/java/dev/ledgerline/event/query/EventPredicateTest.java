// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.ToolOutcome;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventPredicateTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static final String RECORD =
      "{\"type\":\"ToolCall\",\"name\":\"grep\",\"args\":{\"pattern\":\"DROP TABLE users;\","
          + "\"path\":\"src/Main.java\",\"note\":\"Cafe\u0301\"}}";

  @Test
  void asksEveryFieldOfAnEvent() throws Exception {
    matches(true, "");
    matches(true, "kind:tool.call");
    matches(true, "kind:tool*");
    matches(false, "kind:error");
    matches(true, "agent:coder");
    matches(true, "agent:cod*");
    matches(true, "agent:*");
    matches(false, "agent:cod");
    matches(false, "task:*");
    matches(true, "tool:grep call:c1 type:ToolCall");
    matches(true, "run:run-1 thread:thread-1 source:here dialect:agent-protocol");
    matches(true, "flag:clock_skew");
    matches(false, "flag:after_end");
    matches(true, "observed>-1h observed<now");
    matches(true, "occurred:2026-11-21");
    matches(false, "occurred<2026-11-21");
    matches(false, "error:*");
    matches(true, "kind:error OR tool:grep");
    matches(false, "-tool:grep");
    matches(true, "-(tool:grep kind:error)");
  }

  @Test
  void wordsStandAnywhereInTheRecordWhateverTheirCase() throws Exception {
    matches(true, "drop");
    matches(true, "PATTERN");
    matches(true, "caf\u00e9");
    matches(true, "src/main.java");
    matches(true, "src/ma*");
    matches(true, "drop users grep");
    matches(true, "text:table");
    matches(true, "planner-header OR coder");
    matches(false, "dro");
    matches(true, "dro*");
    matches(false, "main/src");
    matches(false, "drop absent");
  }

  @Test
  void phrasesAreComparedWithTheirPunctuation() throws Exception {
    matches(true, "\"drop table users;\"");
    matches(true, "text:\"DROP TABLE\"");
    matches(true, "\"drop TAB\"");
    matches(false, "\"drop table, users\"");
    matches(false, "\"users; path\"");
    matches(true, ";");
  }

  @Test
  void aPhraseBeginsWhereAWordBegins() throws Exception {
    matches(false, "\"P TAB\"");
    matches(false, "\"sers;\"");
    matches(true, "\"use\"");
  }

  @Test
  void theReasonOfAFailureIsAnError() throws Exception {
    assertTrue(
        test(
            "error:kaput",
            Fact.StateChange.reported(Entity.RUN, State.FAILED, "RunCompleted")
                .because("it is kaput")));
    assertFalse(
        test(
            "error:done",
            Fact.StateChange.reported(Entity.RUN, State.COMPLETED, "RunCompleted")
                .because("done")));
  }

  @Test
  void errorsAreFoundByTheirWords() throws Exception {
    assertTrue(
        test("error:timeout", new Fact.ErrorReported("net", "E1", "Timeout after 3 s", true)));
    assertTrue(test("error:net", new Fact.ErrorReported("net", null, "x", false)));
    assertTrue(
        test(
            "error:\"exit code\" tool:sh call:c9",
            new Fact.ToolResult(
                "c9", "sh", ToolOutcome.FAILED, null, "exit code 1", false, false)));
    assertTrue(test("error:rate", new Fact.ModelResponse("m", null, null, "rate limit")));
    assertTrue(test("call:m", new Fact.ModelRequest("m", null)));
    assertTrue(test("error:boom", new Fact.RetryScheduled(1, 2L, NOW, "boom")));
    assertTrue(test("tool:p call:c", new Fact.ToolProgress("c", "p")));
    assertTrue(
        test(
            "tool:t call:c error:bad",
            new Fact.SpanRecorded(
                "s",
                null,
                StepKind.TOOL,
                "t",
                "c",
                NOW,
                null,
                ToolOutcome.FAILED,
                "bad",
                null,
                null,
                false)));
  }

  @Test
  void fieldsOfRunsAreRefusedByName() {
    BadQueryException e =
        assertThrows(
            BadQueryException.class,
            () -> EventPredicate.of(QueryParser.parse("kind:error state:failed"), NOW));
    assertTrue(e.getMessage().startsWith("state is a field of runs"));
  }

  private static void matches(boolean expected, String query) throws BadQueryException {
    assertEquals(expected, test(query, new Fact.ToolCall("c1", "grep", "/args")), query);
  }

  private static boolean test(String query, Fact fact) throws BadQueryException {
    Event event =
        new Event(
            EventId.named("e"),
            "here",
            "agent-protocol",
            "ToolCall",
            null,
            Scope.of("run-1", "thread-1", "coder"),
            NOW.minusSeconds(60),
            NOW.minusSeconds(50),
            TimeQuality.SOURCE,
            null,
            fact,
            Set.of(Flag.CLOCK_SKEW),
            "");
    return EventPredicate.of(QueryParser.parse(query), NOW).test(event, RECORD.getBytes(UTF_8));
  }
}
