// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.Fact.SpanRecorded;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SpanTreeTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final SpanTree tree = new SpanTree();

  @Test
  void theOutermostThatCanTellDecides() {
    add(agent("root", null, State.COMPLETED, 9));
    add(agent("inner", "root", State.FAILED, 5));

    assertEquals(State.COMPLETED, state());
  }

  @Test
  void ofSeveralSideBySideTheOneThatEndedLastDecides() {
    add(work("app", null, 9));
    add(agent("answer", "app", State.FAILED, 8));
    add(agent("planner", "app", State.COMPLETED, 3));

    assertEquals(State.FAILED, state());
  }

  @Test
  void whatStoodStillEndsAsWhatGoesOnInsideOfIt() {
    add(agent("root", null, State.SUSPENDED, 3));
    add(model("before", "root", State.COMPLETED, null, 2));
    assertEquals(State.SUSPENDED, state());

    add(agent("resumed", "part", State.COMPLETED, 9));
    assertEquals(State.SUSPENDED, state());
    add(work("part", "root", 2));
    assertEquals(State.COMPLETED, state());
  }

  @Test
  void whatStoppedInsideBeforeAllStoodStillIsNotItsEnd() {
    add(agent("inner", "root", State.COMPLETED, 2));
    add(agent("root", null, State.SUSPENDED, 3));

    assertEquals(State.SUSPENDED, state());
  }

  @Test
  void agentsGoBeforeModelCalls() {
    add(work("app", null, 9));
    add(agent("a", "app", State.FAILED, 3));
    add(model("m", "app", State.COMPLETED, null, 8));

    assertEquals(State.FAILED, state());
  }

  @Test
  void aProgramThatCallsModelsItselfKnowsBetterThanItsLastCall() {
    add(model("m", "app", State.FAILED, null, 8));
    assertEquals(State.FAILED, state(), "as long as nobody says otherwise");

    add(work("app", null, 9));
    assertEquals(State.COMPLETED, state());
  }

  @Test
  void somebodysOwnSpanTellsTheEndOnlyWhereNothingOfAnAgentDoes() {
    add(span("app", null, StepKind.OTHER, State.COMPLETED, ToolOutcome.OK, null, 9));
    assertEquals(State.COMPLETED, state());

    add(agent("inner", "app", State.FAILED, 5));
    assertEquals(State.FAILED, state());
  }

  @Test
  void aStepThatFailedInsideAProgramThatWentWellIsNotItsEndWhicheverComesFirst() {
    SpanRecorded job = ended("job", null, State.COMPLETED, 10);
    SpanRecorded step = ended("step", "job", State.FAILED, 5);
    add(step);
    add(job);
    assertEquals(State.COMPLETED, state());

    SpanTree other = new SpanTree();
    other.add(job);
    other.add(step);
    assertEquals(tree.ending(), other.ending());
  }

  @Test
  void whatFailsInsideAToolIsTheToolsOwnAffair() {
    add(work("app", null, 9));
    add(span("t", "app", StepKind.TOOL, null, ToolOutcome.OK, null, 8));
    add(agent("helper", "t", State.FAILED, 7));

    assertNull(tree.ending());
  }

  @Test
  void aRunWhoseOutermostSpanIsMissingGoesOnUnlessItFailedLast() {
    add(span("step 1", "gone", StepKind.OTHER, null, ToolOutcome.OK, null, 3));
    assertNull(tree.ending());

    add(span("step 2", "gone", StepKind.OTHER, null, ToolOutcome.FAILED, null, 5));
    assertEquals(State.FAILED, state());

    add(span("step 3", "gone", StepKind.OTHER, null, ToolOutcome.OK, null, 7));
    assertNull(tree.ending());
  }

  @Test
  void whatEntersFromElsewhereIsTheOutermostAsLongAsItsParentIsNotThere() {
    add(entering("callee", "caller", State.COMPLETED, 5));
    assertEquals(State.COMPLETED, state());

    add(agent("caller", null, State.FAILED, 4));
    assertEquals(State.FAILED, state());
  }

  @Test
  void anOpenSpanThatComesAgainWhenItEndedIsOne() {
    add(
        new SpanRecorded(
            "root",
            null,
            StepKind.AGENT,
            "root",
            null,
            NOON,
            null,
            ToolOutcome.UNTOLD,
            null,
            null,
            null,
            true,
            State.COMPLETED,
            null));
    assertNull(tree.ending());

    add(agent("root", null, State.CANCELED, 4));
    assertEquals(State.CANCELED, state());
  }

  @Test
  void aProgramThatFailedAfterItsModelAnsweredFailed() {
    add(model("call", "root", State.COMPLETED, null, 2));
    add(span("root", null, StepKind.OTHER, null, ToolOutcome.FAILED, null, 3));

    assertEquals(State.FAILED, state());
  }

  @Test
  void aProgramThatOnlySaysThatItFailedDoesNotKnowBetterThanTheCallThatWasCancelled() {
    add(model("call", "root", State.CANCELED, null, 2));
    add(span("root", null, StepKind.OTHER, null, ToolOutcome.FAILED, null, 3));

    assertEquals(State.CANCELED, state());
  }

  @Test
  void aCallThatAThirdLibraryTellsInsideOneOfTwoIsCountedOnceInWhateverOrder() {
    TokenUsage usage = TokenUsage.of(10L, 2L);
    List<SpanRecorded> spans =
        List.of(
            call("a", "root", "answer-1", usage, 0, 4),
            call("b", "root", "answer-1", usage, 1, 4),
            call("inside", "a", "answer-1", usage, 2, 3));
    for (int first = 0; first < 3; first++) {
      for (int second = 1; second < 3; second++) {
        SpanTree other = new SpanTree();
        other.add(spans.get(first));
        other.add(spans.get((first + second) % 3));
        other.add(spans.get((first + 3 - second) % 3));
        assertEquals("10/2/12", spent(other));
      }
    }
  }

  @Test
  void aCallThatTwoLibrariesTellBesideEachOtherIsCountedOnceWhicheverComesFirst() {
    SpanRecorded brief = call("a", "root", "answer-1", TokenUsage.of(10L, 2L), 0, 3);
    TokenUsage more = new TokenUsage(10L, 2L, 12L, null, null, null, null);
    SpanRecorded whole = call("b", "root", "answer-1", more, 1, 4);
    add(brief);
    add(whole);
    assertEquals(more, tree.usage());
    assertEquals(1, tree.callsToldAgain());

    SpanTree other = new SpanTree();
    other.add(whole);
    other.add(brief);
    assertEquals(more, other.usage());
    assertEquals(1, other.callsToldAgain());
  }

  @Test
  void theBeginningOfASpanThatIsToldAfterItsEndIsNoNews() {
    SpanRecorded call = call("a", "root", "answer-1", TokenUsage.of(10L, 2L), 0, 3);
    add(call);
    add(open(call));

    assertEquals("10/2/12", spent(tree));
  }

  @Test
  void aCallIsNoOtherCallAnyMoreOnceItIsKnownToHaveEndedBeforeThatBegan() {
    SpanRecorded first = call("a", "root", "answer-1", TokenUsage.of(10L, 2L), 0, 3);
    SpanRecorded second = call("b", "root", "answer-1", TokenUsage.of(10L, 2L), 4, 5);
    SpanRecorded running =
        new SpanRecorded(
            "a",
            "root",
            StepKind.MODEL,
            "a",
            "answer-1",
            NOON,
            null,
            ToolOutcome.UNTOLD,
            null,
            TokenUsage.of(10L, 2L),
            null,
            false);
    add(running);
    add(second);
    assertEquals(1, tree.callsToldAgain());

    add(first);
    assertEquals("20/4/24", spent(tree));
    assertEquals(0, tree.callsToldAgain());
  }

  @Test
  void aCallRightInsideACallIsTheSameWhicheverComesFirst() {
    TokenUsage usage = new TokenUsage(10L, 2L, 12L, null, null, null, null);
    SpanRecorded outer = call("outer", "root", "answer-1", usage, 0, 4);
    SpanRecorded inner = call("inner", "outer", "answer-1", usage, 1, 3);
    add(inner);
    add(outer);
    SpanTree other = new SpanTree();
    other.add(outer);
    other.add(inner);

    assertEquals(1, tree.callsToldAgain());
    assertEquals(1, other.callsToldAgain());
    assertEquals(usage, tree.usage());
    assertEquals(usage, other.usage());
  }

  @Test
  void callsOneAfterTheOtherOrElsewhereAreOtherCallsThoughTheirIdsAreTheSame() {
    TokenUsage each = TokenUsage.of(10L, 2L);
    add(call("a", "root", "answer-1", each, 0, 3));
    add(call("b", "root", "answer-1", each, 3, 4));
    add(call("c", "elsewhere", "answer-1", each, 0, 3));
    assertEquals(new TokenUsage(30L, 6L, 36L, null, null, null, null), tree.usage());
  }

  @Test
  void tokensAreCountedAtTheLeavesWhicheverComesFirst() {
    TokenUsage all = TokenUsage.of(10L, 2L);
    add(model("outer", null, State.COMPLETED, all, 9));
    assertEquals(10L, tree.usage() == null ? null : tree.usage().input());

    add(work("between", "outer", 8));
    add(model("inner", "between", State.COMPLETED, TokenUsage.of(7L, 1L), 7));
    assertEquals(7L, tree.usage() == null ? null : tree.usage().input());
  }

  @Test
  void whatAToolOrAnAgentCallsIsNoPartOfTheCallAroundIt() {
    add(model("inner", "helper", State.COMPLETED, TokenUsage.of(7L, 1L), 7));
    add(model("outer", "root", State.COMPLETED, TokenUsage.of(10L, 2L), 9));
    add(agent("helper", "outer", State.COMPLETED, 8));

    assertEquals(17L, tree.usage() == null ? null : tree.usage().input());
  }

  @Test
  void spansThatEncloseEachOtherAreNoTrap() {
    add(work("a", "b", 3));
    add(work("b", "a", 3));
    add(model("m", "a", State.COMPLETED, TokenUsage.of(1L, 1L), 2));

    assertNull(tree.ending());
    assertEquals(1L, tree.usage() == null ? null : tree.usage().input());
  }

  @Test
  void theOrderInWhichSpansComeChangesNothing() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      List<SpanRecorded> spans = randomTree(random);
      SpanTree first = new SpanTree();
      spans.forEach(first::add);
      for (int again = 0; again < 5; again++) {
        Collections.shuffle(spans, random);
        List<SpanRecorded> open = spans.stream().map(SpanTreeTest::open).toList();
        SpanTree other = new SpanTree();
        for (int i = 0; i < spans.size(); i++) {
          SpanRecorded before = open.get(random.nextInt(i + 1));
          SpanRecorded after = open.get(i + random.nextInt(spans.size() - i));
          other.add(before);
          other.add(after);
          other.add(spans.get(i));
        }
        assertEquals(first.ending(), other.ending());
        assertEquals(spent(first), spent(other));
      }
    }
  }

  private static String spent(SpanTree tree) {
    TokenUsage usage = tree.usage();
    return usage == null ? "" : usage.input() + "/" + usage.output() + "/" + usage.effectiveTotal();
  }

  private static List<SpanRecorded> randomTree(Random random) {
    List<SpanRecorded> spans = new ArrayList<>();
    int size = 1 + random.nextInt(14);
    StepKind[] kinds = {StepKind.AGENT, StepKind.MODEL, StepKind.TOOL, StepKind.OTHER};
    for (int i = 0; i < size; i++) {
      String parent = i == 0 ? (random.nextInt(3) == 0 ? "gone" : null) : "s" + random.nextInt(i);
      StepKind kind = kinds[random.nextInt(kinds.length)];
      boolean tells = kind == StepKind.MODEL || (kind != StepKind.TOOL && random.nextBoolean());
      State ending = tells ? (random.nextBoolean() ? State.COMPLETED : State.FAILED) : null;
      TokenUsage usage =
          kind == StepKind.MODEL ? TokenUsage.of((long) random.nextInt(9), 1L) : null;
      ToolOutcome outcome = random.nextInt(4) == 0 ? ToolOutcome.FAILED : ToolOutcome.UNTOLD;
      spans.add(span("s" + i, parent, kind, ending, outcome, usage, random.nextInt(6)));
    }
    return spans;
  }

  private void add(SpanRecorded span) {
    tree.add(span);
  }

  private State state() {
    SpanTree.Ending ending = tree.ending();
    assertNotNull(ending);
    return ending.state();
  }

  private static SpanRecorded agent(
      String id, @Nullable String parent, State ending, int endSecond) {
    ToolOutcome outcome = ending == State.FAILED ? ToolOutcome.FAILED : ToolOutcome.UNTOLD;
    return span(id, parent, StepKind.AGENT, ending, outcome, null, endSecond);
  }

  private static SpanRecorded entering(String id, String parent, State ending, int endSecond) {
    return new SpanRecorded(
        id,
        parent,
        StepKind.AGENT,
        id,
        null,
        NOON,
        NOON.plusSeconds(endSecond),
        ToolOutcome.UNTOLD,
        null,
        null,
        null,
        true,
        ending,
        null);
  }

  private static SpanRecorded model(
      String id, @Nullable String parent, State ending, @Nullable TokenUsage usage, int end) {
    ToolOutcome outcome = ending == State.FAILED ? ToolOutcome.FAILED : ToolOutcome.UNTOLD;
    return span(id, parent, StepKind.MODEL, ending, outcome, usage, end);
  }

  private static SpanRecorded call(
      String id, String parent, String answer, TokenUsage usage, int start, int end) {
    return new SpanRecorded(
        id,
        parent,
        StepKind.MODEL,
        id,
        answer,
        NOON.plusSeconds(start),
        NOON.plusSeconds(end),
        ToolOutcome.UNTOLD,
        null,
        usage,
        null,
        false,
        State.COMPLETED,
        null);
  }

  private static SpanRecorded open(SpanRecorded span) {
    return new SpanRecorded(
        span.spanId(),
        span.parentSpanId(),
        span.stepKind(),
        span.name(),
        null,
        span.start(),
        null,
        ToolOutcome.UNTOLD,
        null,
        null,
        null,
        span.root());
  }

  private static SpanRecorded ended(
      String id, @Nullable String parent, State ending, int endSecond) {
    ToolOutcome outcome = ending == State.FAILED ? ToolOutcome.FAILED : ToolOutcome.OK;
    return span(id, parent, StepKind.OTHER, ending, outcome, null, endSecond);
  }

  private static SpanRecorded work(String id, @Nullable String parent, int endSecond) {
    return span(id, parent, StepKind.OTHER, null, ToolOutcome.UNTOLD, null, endSecond);
  }

  private static SpanRecorded span(
      String id,
      @Nullable String parent,
      StepKind kind,
      @Nullable State ending,
      ToolOutcome outcome,
      @Nullable TokenUsage usage,
      int endSecond) {
    return new SpanRecorded(
        id,
        parent,
        kind,
        id,
        null,
        NOON,
        NOON.plusSeconds(endSecond),
        outcome,
        null,
        usage,
        null,
        parent == null,
        ending,
        null);
  }
}
