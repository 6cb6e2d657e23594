// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import static dev.ledgerline.otel.export.Received.attributes;
import static dev.ledgerline.otel.export.Received.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.event.query.EventPredicate;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.EventLog.LogEntry;
import dev.ledgerline.log.Position;
import dev.ledgerline.otel.Signal;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectionTest {
  private static final Duration LONG_AFTER = Duration.ofMinutes(5);

  private @TempDir Path folder;
  private ToldLog told;
  private Received received;
  private Position read = Position.START;

  @BeforeEach
  void open() throws Exception {
    told = new ToldLog(folder.resolve("log"));
    received = new Received();
  }

  @AfterEach
  void close() throws Exception {
    told.close();
  }

  @Test
  void aRunIsATraceWithItsStepsAndWaits() throws Exception {
    told.wholeRun("r1", "t1");
    project(projection(""), LONG_AFTER);

    Span root = received.span("invoke_agent planner");
    Span model = received.span("chat large");
    Span tool = received.span("execute_tool search");
    Span wait = received.span("wait approval");
    assertEquals(4, received.spans().size());
    for (Span span : received.spans()) {
      assertEquals(root.getTraceId(), span.getTraceId());
      assertTrue(span.getEndTimeUnixNano() >= span.getStartTimeUnixNano());
      assertEquals("r1", attributes(span.getAttributesList()).get("ledgerline.run.id"));
      assertEquals("t1", attributes(span.getAttributesList()).get("gen_ai.conversation.id"));
    }
    assertTrue(root.getParentSpanId().isEmpty());
    assertEquals(root.getSpanId(), model.getParentSpanId());
    assertEquals(root.getSpanId(), tool.getParentSpanId());
    assertEquals(root.getSpanId(), wait.getParentSpanId());
    assertEquals(1_000_000_000, model.getEndTimeUnixNano() - model.getStartTimeUnixNano());

    Map<String, String> run = attributes(root.getAttributesList());
    assertEquals("invoke_agent", run.get("gen_ai.operation.name"));
    assertEquals("completed", run.get("ledgerline.run.state"));
    assertEquals("100", run.get("ledgerline.usage.input_tokens"));
    assertFalse(run.containsKey("gen_ai.usage.input_tokens"), "sums would be counted twice");
    assertEquals(Status.StatusCode.STATUS_CODE_UNSET, root.getStatus().getCode());
    assertEquals(
        List.of("running", "waiting", "running", "completed"),
        root.getEventsList().stream()
            .map(e -> attributes(e.getAttributesList()).get("ledgerline.state.to"))
            .toList());

    Map<String, String> call = attributes(model.getAttributesList());
    assertEquals("20", call.get("gen_ai.usage.output_tokens"));
    assertEquals(Span.SpanKind.SPAN_KIND_CLIENT, model.getKind());
    assertEquals(Status.StatusCode.STATUS_CODE_ERROR, tool.getStatus().getCode());
    assertEquals("no network", tool.getStatus().getMessage());
    assertEquals("c1", attributes(tool.getAttributesList()).get("gen_ai.tool.call.id"));
    assertEquals("approved", attributes(wait.getAttributesList()).get("ledgerline.wait.outcome"));
  }

  @Test
  void eachEventIsALogRecordAtItsPlaceInTheTrace() throws Exception {
    told.wholeRun("r1", "t1");
    project(projection(""), LONG_AFTER);

    assertEquals(9, received.records().size());
    Span root = received.span("invoke_agent planner");
    Span tool = received.span("execute_tool search");
    LogRecord failure = record("search failed");
    assertEquals(root.getTraceId(), failure.getTraceId());
    assertEquals(tool.getSpanId(), failure.getSpanId());
    assertEquals("ledgerline.tool.result", failure.getEventName());
    assertEquals("no network", attributes(failure.getAttributesList()).get("error.message"));
    assertEquals(root.getSpanId(), record("done").getSpanId());
    Set<String> uids = new HashSet<>();
    received
        .records()
        .forEach(r -> uids.add(attributes(r.getAttributesList()).get("log.record.uid")));
    assertEquals(9, uids.size());
  }

  @Test
  void whoeverExportsItTheSameSpanHasTheSameId() throws Exception {
    told.wholeRun("r1", "t1");
    project(projection(""), LONG_AFTER);
    List<Span> first = received.spans();

    received = new Received();
    read = Position.START;
    project(projection(""), LONG_AFTER);
    assertEquals(first, received.spans());
    // Pinned: another derivation would make other spans of what backends have already.
    Span root = received.span("invoke_agent planner");
    assertEquals("77ff048c56b8cef75a5e646bdb71823f", hex(root.getTraceId()));
    assertEquals("c44cebda7661603a", hex(root.getSpanId()));
    assertEquals("e3bd81a8a8657188", hex(received.span("execute_tool search").getSpanId()));
  }

  @Test
  void aStepGoesOutAsItEndsAndItsRunALittleAfterItsEnd() throws Exception {
    Projection projection = projection("");
    told.begin("r1", null);
    told.middle("r1", null);
    project(projection, Duration.ZERO);
    assertEquals(List.of("chat large", "execute_tool search", "wait approval"), received.names());

    told.end("r1", null);
    project(projection, Duration.ZERO);
    assertEquals(3, received.spans().size());
    project(projection, Duration.ofSeconds(2));
    assertEquals("invoke_agent planner", received.names().getLast());
    project(projection, LONG_AFTER);
    assertEquals(4, received.spans().size());
    assertEquals(0, projection.openRuns());
  }

  @Test
  void aRunLinksToTheOneBeforeItInItsThreadAndToTheOneThatItContinues() throws Exception {
    Projection projection = projection("");
    told.wholeRun("r1", "t1");
    project(projection, LONG_AFTER);
    Span first = received.span("invoke_agent planner");
    received = new Received();
    told.wholeRun("r2", "t1");
    project(projection, LONG_AFTER);

    Span second = received.span("invoke_agent planner");
    assertNotEquals(first.getTraceId(), second.getTraceId());
    assertEquals(1, second.getLinksCount());
    assertEquals(first.getTraceId(), second.getLinks(0).getTraceId());
    assertEquals(first.getSpanId(), second.getLinks(0).getSpanId());
    assertEquals(
        "previous_in_thread",
        attributes(second.getLinks(0).getAttributesList()).get("ledgerline.link.type"));

    received = new Received();
    Scope resumes = Scope.of("r3", "t2", "planner").withContinuesRun("r1");
    told.tell(
        resumes, Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"), "goes on");
    told.end("r3", "t2");
    project(projection, LONG_AFTER);
    Span third = received.span("invoke_agent planner");
    assertEquals(first.getSpanId(), third.getLinks(0).getSpanId());
    assertEquals(
        "continues", attributes(third.getLinks(0).getAttributesList()).get("ledgerline.link.type"));
  }

  @Test
  void aWaitLinksToTheSpanOfTheRunThatAnsweredItWhateverTraceThatIsIn() throws Exception {
    told.begin("caller", "t1");
    told.begin("asks", "t1");
    told.tell(
        "asks",
        "t1",
        new Fact.WaitOpened("w1", WaitKind.APPROVAL, "May I?", true, null, Quality.REPORTED),
        "May I?");
    told.tell(
        Scope.of("answers", "t1", "coder").withParentRun("caller"),
        Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"),
        "begins");
    told.tell(
        "asks",
        "t1",
        new Fact.WaitResolved("w1", WaitOutcome.APPROVED, null, "answers", Quality.REPORTED),
        "yes");
    for (String run : List.of("answers", "asks", "caller")) {
      told.end(run, "t1");
    }
    project(projection(""), LONG_AFTER);

    Span.Link link = received.span("wait approval").getLinks(0);
    assertTrue(
        received.spans().stream()
            .anyMatch(
                span ->
                    span.getSpanId().equals(link.getSpanId())
                        && span.getTraceId().equals(link.getTraceId())),
        received.spans()::toString);
  }

  @Test
  void aRunThatAnotherCalledIsASpanInItsTrace() throws Exception {
    told.begin("parent", "t1");
    Scope child = Scope.of("child", "t1", "coder").withParentRun("parent");
    Scope grandchild = Scope.of("grandchild", "t1", "tester").withParentRun("child");
    for (Scope scope : List.of(child, grandchild)) {
      told.tell(
          scope, Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"), "begins");
    }
    for (Scope scope : List.of(grandchild, child)) {
      told.tell(
          scope, Fact.StateChange.reported(Entity.RUN, State.COMPLETED, "RunCompleted"), "done");
    }
    told.end("parent", "t1");
    project(projection(""), LONG_AFTER);

    Span root = received.span("invoke_agent planner");
    Span coder = received.span("invoke_agent coder");
    Span tester = received.span("invoke_agent tester");
    assertEquals(root.getTraceId(), coder.getTraceId());
    assertEquals(root.getTraceId(), tester.getTraceId());
    assertEquals(root.getSpanId(), coder.getParentSpanId());
    assertEquals(coder.getSpanId(), tester.getParentSpanId());
    assertEquals(0, coder.getLinksCount());
  }

  @Test
  void whatARunDoesAfterItsSpanWentOutIsAnotherSpanOfIt() throws Exception {
    Projection projection = projection("");
    told.wholeRun("r1", "t1");
    project(projection, LONG_AFTER);
    Span root = received.span("invoke_agent planner");

    received = new Received();
    told.tell(
        Scope.of("r1", "t1", "planner"),
        new Fact.StateChange(
            Entity.RUN,
            null,
            null,
            State.RUNNING,
            null,
            "Reopened",
            null,
            Quality.REPORTED,
            Fact.Firmness.REOPENS),
        "again");
    told.end("r1", "t1");
    project(projection, LONG_AFTER);
    Span again = received.span("invoke_agent planner");
    assertEquals(root.getTraceId(), again.getTraceId());
    assertEquals(root.getSpanId(), again.getParentSpanId());
    assertNotEquals(root.getSpanId(), again.getSpanId());
    assertEquals("1", attributes(again.getAttributesList()).get("ledgerline.run.part"));
    assertTrue(again.getStartTimeUnixNano() > root.getEndTimeUnixNano());
  }

  @Test
  void whatComesAfterTheEndOfARunAndIsNoActOfItMakesNoSpan() throws Exception {
    Projection projection = projection("");
    told.wholeRun("r1", "t1");
    project(projection, LONG_AFTER);
    told.tell("r1", "t1", new Fact.LogLine("info"), "by the way");
    project(projection, Duration.ofHours(2));
    assertEquals(4, received.spans().size());
    assertEquals("by the way", received.records().getLast().getBody().getStringValue());
  }

  @Test
  void aRunThatFallsSilentIsLostAndItsOpenStepsSayThatNoEndWasTold() throws Exception {
    told.begin("r1", null);
    told.tell("r1", null, new Fact.ToolCall("c1", "search", null), "search");
    project(projection(""), Duration.ofMinutes(31));

    Map<String, String> run = attributes(received.span("invoke_agent planner").getAttributesList());
    assertEquals("lost", run.get("ledgerline.run.state"));
    assertEquals("synthesized", run.get("ledgerline.run.state.quality"));
    Map<String, String> step = attributes(received.span("execute_tool search").getAttributesList());
    assertEquals("false", step.get("ledgerline.step.end_told"));
  }

  @Test
  void aRunThatWaitsIsNeverLost() throws Exception {
    told.begin("r1", null);
    told.tell(
        "r1",
        null,
        new Fact.WaitOpened("w1", WaitKind.APPROVAL, "May I?", true, null, Quality.REPORTED),
        "May I?");
    Projection projection = projection("");
    project(projection, Duration.ofDays(30));
    assertEquals(List.of(), received.names());
    assertEquals(1, projection.openRuns());
  }

  @Test
  void eventsThatArriveInAnyOrderGiveTheSameSpans() throws Exception {
    List<Event> events = new ArrayList<>();
    Scope scope = Scope.of("r1", null, "planner");
    events.add(
        told.event(scope, Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"), "a"));
    for (int i = 0; i < 5; i++) {
      events.add(told.event(scope, new Fact.ToolCall(null, "search", null), "call " + i));
      events.add(
          told.event(
              scope,
              new Fact.ToolResult(null, "search", ToolOutcome.OK, null, null, false, false),
              "result " + i));
    }
    events.add(
        told.event(
            scope, Fact.StateChange.reported(Entity.RUN, State.COMPLETED, "RunCompleted"), "z"));
    List<Event> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, new Random(7));
    for (Event event : shuffled) {
      told.append(event);
    }
    project(projection(""), LONG_AFTER);

    assertEquals(6, received.spans().size());
    for (Span span : received.spans()) {
      if (span.getName().equals("execute_tool search")) {
        assertEquals(1_000_000_000, span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
      }
    }
    assertEquals(6, new HashSet<>(received.spans().stream().map(Span::getSpanId).toList()).size());
  }

  @Test
  void aRunGoesOutWithTheFirstOfItsEventsThatMatches() throws Exception {
    told.wholeRun("r1", "t1");
    told.wholeRun("r2", "t2");
    project(projection("run:r2 kind:tool.result"), LONG_AFTER);

    assertEquals(4, received.spans().size());
    for (Span span : received.spans()) {
      assertEquals("r2", attributes(span.getAttributesList()).get("ledgerline.run.id"));
    }
    assertEquals(1, received.records().size(), "of the events those that match");
  }

  @Test
  void whatWasKeptGoesOnWhereItWas() throws Exception {
    Projection before = projection("");
    told.begin("r1", "t1");
    told.middle("r1", "t1");
    project(before, Duration.ZERO);
    assertEquals(3, received.spans().size());
    ObjectNode kept = new ObjectMapper().createObjectNode();
    before.save(kept);

    received = new Received();
    Projection after = projection("");
    after.restore(kept);
    told.tell("r1", "t1", new Fact.ToolCall("c2", "write", null), "write");
    told.tell(
        "r1",
        "t1",
        new Fact.ToolResult("c2", "write", ToolOutcome.OK, null, null, false, false),
        "written");
    told.end("r1", "t1");
    project(after, LONG_AFTER);
    assertEquals(List.of("execute_tool write", "invoke_agent planner"), received.names());
    Map<String, String> run = attributes(received.span("invoke_agent planner").getAttributesList());
    assertEquals("11", run.get("ledgerline.run.events"));
    assertEquals(
        Attributes.nanos(ToldLog.NOON.plusSeconds(1)),
        received.span("invoke_agent planner").getStartTimeUnixNano());
    HistogramDataPoint tools = null;
    for (HistogramDataPoint point :
        received.metric("gen_ai.execute_tool.duration").getHistogram().getDataPointsList()) {
      assertEquals(1, point.getCount());
      tools = point;
    }
    assertEquals(1.0, tools == null ? 0 : tools.getSum());
    assertEquals(
        100,
        received.metric("ledgerline.tokens").getSum().getDataPointsList().stream()
            .filter(p -> attributes(p.getAttributesList()).containsValue("input"))
            .mapToLong(p -> p.getAsInt())
            .sum());
  }

  @Test
  void openRunsAreBoundedAndTheOneThatWasSilentForLongestIsSentAsItIs() throws Exception {
    Projection projection = projection("", 3, 1_000);
    for (int i = 0; i < 5; i++) {
      told.begin("r" + i, null);
    }
    project(projection, Duration.ZERO);
    assertEquals(3, projection.openRuns());
    assertEquals(2, projection.cutShort());
    assertEquals(
        List.of("r0", "r1"),
        received.spans().stream()
            .map(s -> attributes(s.getAttributesList()).get("ledgerline.run.id"))
            .toList());
    assertEquals(
        "running",
        attributes(received.spans().getFirst().getAttributesList()).get("ledgerline.run.state"));

    told.end("r0", null);
    project(projection, LONG_AFTER);
    List<Span> ofFirst =
        received.spans().stream()
            .filter(s -> attributes(s.getAttributesList()).containsValue("r0"))
            .toList();
    assertEquals(2, ofFirst.size());
    assertEquals(ofFirst.getFirst().getSpanId(), ofFirst.getLast().getParentSpanId());
  }

  private LogRecord record(String body) {
    return received.records().stream()
        .filter(r -> r.getBody().getStringValue().equals(body))
        .findFirst()
        .orElseThrow();
  }

  private Projection projection(String filter) throws Exception {
    return projection(filter, 100, 10_000);
  }

  private Projection projection(String filter, int runs, int events) throws Exception {
    return new Projection(
        told.log,
        new Settings(
            Settings.DEFAULT.pace(),
            new Settings.Limits(1_000, 1 << 20, runs, events),
            Settings.DEFAULT.silence()),
        EventPredicate.of(QueryParser.parse(filter), Instant.EPOCH),
        false,
        new SpanWriter("1"));
  }

  /** Everything that is new, and then so much time. */
  private void project(Projection projection, Duration later) throws Exception {
    Projected out = new Projected(Set.of(Signal.values()));
    try (EventLog.Cursor cursor = told.log.read(read)) {
      for (LogEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
        read = entry.position();
        projection.take(read.number(), EntryCodec.decode(entry.bytes()), out);
      }
    }
    projection.settle(told.after(later), out);
    projection.metrics(out);
    for (Signal signal : Signal.values()) {
      received.add(signal, new Request(out.of(signal)).message(signal).toByteArray());
    }
  }
}
