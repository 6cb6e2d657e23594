// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.ByteString;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunFold.Placed;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A fold whose steps and waits have ids of spans. The id comes from the event that opened it, which
 * has the same identity in every copy of the log; an interval that the source told with an id of
 * its own has it from that, so that its children know it before it comes.
 */
final class FoldedRun {
  /**
   * A step that has not been sent.
   *
   * @param index in the fold
   * @param foreign it was sent as it came
   */
  record Unsent(int index, ByteString id, ByteString parent, boolean foreign) {}

  /** A wait that has not been sent. */
  record UnsentWait(int index, ByteString id) {}

  private final RunKey key;
  private final RunFold fold;
  private final SequencedMap<String, Unsent> steps = new LinkedHashMap<>();
  private final List<UnsentWait> waits = new ArrayList<>();
  private final Set<ByteString> sent;

  /**
   * @param sent ids of spans that are not to be sent again
   */
  FoldedRun(RunKey key, Set<ByteString> sent) {
    this.key = key;
    this.fold = new RunFold(key);
    this.sent = new HashSet<>(sent);
  }

  RunFold fold() {
    return fold;
  }

  /**
   * Adds an event.
   *
   * @param foreign its record leaves as it came
   */
  Placed add(Event event, long seq, boolean foreign) {
    int stepsBefore = fold.stepCount();
    int waitsBefore = fold.waitCount();
    Placed placed = fold.add(event, seq);
    for (int i = stepsBefore; i < fold.stepCount(); i++) {
      Unsent step = opened(event, i, i - stepsBefore, foreign);
      if (!sent.contains(step.id())) {
        steps.put(fold.stepAt(i).id(), step);
      }
    }
    for (int i = waitsBefore; i < fold.waitCount(); i++) {
      ByteString id = Ids.span(key, "wait", event.id() + "/" + (i - waitsBefore));
      if (!foreign && !sent.contains(id)) {
        waits.add(new UnsentWait(i, id));
      }
    }
    return placed;
  }

  private Unsent opened(Event event, int index, int ordinal, boolean foreign) {
    if (event.fact() instanceof Fact.SpanRecorded told
        && told.spanId().equals(fold.stepAt(index).id())) {
      String parent = told.parentSpanId();
      return new Unsent(
          index,
          Ids.span(key, "span", told.spanId()),
          parent == null ? Ids.root(key) : Ids.span(key, "span", parent),
          foreign);
    }
    String around = fold.stepAt(index).parentId();
    Unsent parent = around == null ? null : steps.get(around);
    return new Unsent(
        index,
        Ids.span(key, "step", event.id() + "/" + ordinal),
        parent == null || parent.foreign() ? Ids.root(key) : parent.id(),
        foreign);
  }

  /** The span of a step that is open, null where it is none of ours. */
  @Nullable ByteString openStep(@Nullable String stepId) {
    Unsent step = stepId == null ? null : steps.get(stepId);
    return step == null || step.foreign() ? null : step.id();
  }

  Step step(Unsent unsent) {
    return fold.stepAt(unsent.index());
  }

  /** Takes the steps that have ended, or all that are left. */
  List<Unsent> takeSteps(boolean openOnesToo) {
    List<Unsent> taken = new ArrayList<>();
    steps
        .values()
        .removeIf(
            step -> {
              boolean take = openOnesToo || step(step).endedAt() != null;
              if (take) {
                taken.add(step);
                sent.add(step.id());
              }
              return take;
            });
    return taken;
  }

  /** Takes the waits that are over. */
  List<UnsentWait> takeWaits() {
    List<UnsentWait> taken = new ArrayList<>();
    waits.removeIf(
        wait -> {
          boolean take = !fold.waitAt(wait.index()).open();
          if (take) {
            taken.add(wait);
            sent.add(wait.id());
          }
          return take;
        });
    return taken;
  }

  Set<ByteString> sent() {
    return sent;
  }
}
