// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.query.Skeleton;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimelineDataTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final RunFold fold = new RunFold(new RunKey("test", "r1"));
  private long seq;

  @Test
  void aLaneForEachAgentAndARowForEachStepThatEncloses() throws IOException {
    add("lead", 0, 0, Fact.StateChange.reported(Entity.RUN, State.RUNNING, null));
    add("lead", 0, 100, new Fact.ToolCall("c1", "ask", null));
    add("aide", 1, 200, new Fact.ToolCall("c2", "look", null));
    add(
        "aide",
        1,
        300,
        new Fact.ToolResult("c2", null, ToolOutcome.FAILED, null, "no", false, false));
    add("lead", 0, 400, new Fact.ToolResult("c1", null, ToolOutcome.OK, null, null, false, false));
    add(
        "lead",
        0,
        500,
        new Fact.WaitOpened("w", WaitKind.APPROVAL, "ok?", true, null, Quality.REPORTED));
    JsonNode data = data(NOON.plusSeconds(2));
    assertEquals("[\"lead\",\"aide\"]", data.path("lanes").toString());
    assertEquals("[100,200,200]", data.at("/steps/start").toString());
    assertEquals("[400,400,300]", data.at("/steps/end").toString());
    assertEquals("[0,1,1]", data.at("/steps/lane").toString());
    assertEquals("[0,0,1]", data.at("/steps/row").toString());
    assertEquals("[1,2]", data.path("rows").toString());
    assertEquals("[500,-1,0,\"approval\",\"ok?\"]", data.at("/waits/0").toString());
    assertEquals("[[0,\"running\"],[500,\"waiting\"]]", data.path("states").toString());
    assertEquals(2000, data.path("to").asInt());
  }

  @Test
  void whereTheSourceTellsNoTimesTheNumberOfAnEventStandsForIt() throws IOException {
    for (int i = 0; i < 5; i++) {
      add("lead", 0, -1, new Fact.ToolCall("c" + i, "look", null));
      add(
          "lead",
          0,
          -1,
          new Fact.ToolResult("c" + i, null, ToolOutcome.OK, null, null, false, false));
    }
    JsonNode data = data(NOON);
    assertTrue(data.path("byNumber").asBoolean());
    assertEquals("[0,2,4,6,8]", data.at("/steps/start").toString());
    assertEquals("[1,3,5,7,9]", data.at("/steps/end").toString());
  }

  private JsonNode data(Instant now) throws IOException {
    return new ObjectMapper()
        .readTree(
            TimelineData.of(
                new Skeleton(
                    fold.summary(),
                    fold.steps(),
                    fold.waits(),
                    fold.transitions().stream().filter(t -> t.entity() == Entity.RUN).toList()),
                now));
  }

  private void add(String agent, int depth, long millis, Fact fact) {
    seq++;
    boolean told = millis >= 0;
    fold.add(
        new Event(
            EventId.named("test", Long.toString(seq)),
            "test",
            "agentic",
            "x",
            null,
            Scope.of("r1", null, agent).withDepth(depth),
            told ? NOON.plusMillis(millis) : null,
            NOON,
            told ? TimeQuality.SOURCE : TimeQuality.INGEST,
            null,
            fact,
            Set.of(),
            ""),
        seq);
  }
}
