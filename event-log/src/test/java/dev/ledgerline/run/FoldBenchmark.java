// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the next {@value #EVENTS} events of a run cost when so many are folded already: the
 * millionth costs what the first did, with the machines of its dialect judging. Run by hand: {@code
 * ./mvnw -Pbenchmark -pl event-log clean test-compile}, then this class.
 */
@org.openjdk.jmh.annotations.State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 8)
@Measurement(iterations = 20)
@Fork(value = 1, jvmArgs = "-Xmx3g")
public class FoldBenchmark {
  private static final int EVENTS = 10_000;
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  /** Events that are folded before. */
  @Param({"1", "10000", "1000000"})
  public int before;

  private RunFold fold = new RunFold(new RunKey("bench", "r"));
  private Event[] next = {};

  public static void main(String[] args) throws Exception {
    new Runner(new OptionsBuilder().include(FoldBenchmark.class.getSimpleName()).build()).run();
  }

  /** Whatever comes before, the compiler has seen as much. */
  @Setup(Level.Trial)
  public void compile() {
    fold(1_000_000);
  }

  @Setup(Level.Iteration)
  public void foldWhatWasBefore() {
    fold = fold(before);
    next = new Event[EVENTS];
    for (int i = 0; i < EVENTS; i++) {
      next[i] = event(before + 1 + i);
    }
  }

  @Benchmark
  public RunFold theNextEvents() {
    long seq = before;
    for (Event event : next) {
      fold.add(event, ++seq);
    }
    return fold;
  }

  private static RunFold fold(int events) {
    RunFold fold = new RunFold(new RunKey("bench", "r"));
    for (int n = 1; n <= events; n++) {
      fold.add(event(n), n);
    }
    return fold;
  }

  /** A turn of an agent over and over: asked, called, answered; now and then a person is asked. */
  private static Event event(int n) {
    int turn = n / 8;
    Fact fact =
        n == 1
            ? StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted")
            : switch (n % 8) {
              case 0 -> new Fact.ModelRequest("m" + turn, "model");
              case 1 -> new Fact.ModelResponse("m" + turn, "model", TokenUsage.of(900L, 40L), null);
              case 2 -> new Fact.ToolCall("c" + turn, "grep", "/args");
              case 3 -> new Fact.ToolProgress("c" + turn, "grep");
              case 4 ->
                  new Fact.ToolResult(
                      "c" + turn, "grep", ToolOutcome.OK, "/result", null, false, false);
              case 5 ->
                  turn % 100 == 0
                      ? new Fact.WaitOpened(
                          "w" + turn, WaitKind.APPROVAL, "?", true, null, Quality.REPORTED)
                      : new Fact.Message(Role.ASSISTANT, false, "/text");
              case 6 ->
                  turn % 100 == 0
                      ? new Fact.WaitResolved(
                          null, WaitOutcome.ANSWERED, null, null, Quality.REPORTED)
                      : new Fact.Message(Role.ASSISTANT, true, "/text");
              default -> new Fact.Reasoning("/text");
            };
    return new Event(
        EventId.named("bench", Integer.toString(n)),
        "bench",
        "agent-protocol",
        "Event",
        null,
        Scope.of("r", "t", "Lead").withDepth(0),
        NOON.plusMillis(n),
        NOON.plusMillis(n),
        TimeQuality.SOURCE,
        (long) n,
        fact,
        Set.of(),
        "");
  }
}
