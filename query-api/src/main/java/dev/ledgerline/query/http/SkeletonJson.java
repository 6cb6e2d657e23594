// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.Word;
import dev.ledgerline.query.Skeleton;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Transition;
import dev.ledgerline.run.Wait;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A timeline in columns: the n-th numbers of all columns are the n-th interval. Times are
 * milliseconds from {@code origin}; words, names and agents are numbers of their place in the lists
 * that stand before; -1 is "none", and as a duration "not over" .
 */
final class SkeletonJson {
  private static final long NONE = -1;

  private SkeletonJson() {}

  static void write(JsonOut out, Skeleton skeleton) throws IOException {
    Instant origin = skeleton.run().startedAt();
    Places names = new Places();
    Places agents = new Places();
    skeleton.run().agents().forEach(agents::of); // so that lanes keep their places as a run grows
    long[] nameColumn = column(skeleton.steps(), step -> names.of(step.name()));
    long[] stepAgents = column(skeleton.steps(), step -> agents.of(step.agent()));
    long[] waitAgents = column(skeleton.waits(), interval -> agents.of(interval.agent()));
    out.object(
        o ->
            o.text("run_id", skeleton.run().key().run())
                .text("source", skeleton.run().key().source())
                .word("state", skeleton.run().state())
                .time("origin", origin)
                .number("duration_ms", skeleton.run().durationMillis())
                .number("events", skeleton.run().events())
                .texts("names", names.list())
                .texts("agents", agents.list())
                .texts("step_kinds", words(StepKind.values()))
                .texts("wait_kinds", words(WaitKind.values()))
                .texts("state_words", words(State.values()))
                .object("steps", s -> steps(s, skeleton.steps(), origin, nameColumn, stepAgents))
                .object("waits", w -> waits(w, skeleton.waits(), origin, waitAgents))
                .object("states", s -> states(s, skeleton.states(), origin)));
  }

  private static void steps(
      JsonOut out, List<Step> steps, Instant origin, long[] names, long[] agents)
      throws IOException {
    Map<String, Integer> rows = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      rows.put(steps.get(i).id(), i);
    }
    out.numbers("start_ms", column(steps, step -> millis(origin, step.startedAt())))
        .numbers("duration_ms", column(steps, step -> orNone(step.durationMillis())))
        .numbers("kind", column(steps, step -> step.kind().ordinal()))
        .numbers("state", column(steps, step -> step.state().ordinal()))
        .numbers("name", names)
        .numbers("agent", agents)
        .numbers("depth", column(steps, Step::depth))
        .numbers("parent", column(steps, step -> row(rows, step.parentId())))
        .numbers("first_seq", column(steps, Step::firstSeq))
        .numbers("last_seq", column(steps, Step::lastSeq));
  }

  private static void waits(JsonOut out, List<Wait> waits, Instant origin, long[] agents)
      throws IOException {
    out.numbers("start_ms", column(waits, w -> millis(origin, w.openedAt())))
        .numbers("duration_ms", column(waits, SkeletonJson::duration))
        .numbers("kind", column(waits, w -> w.kind().ordinal()))
        .numbers("agent", agents)
        .numbers("opened_seq", column(waits, Wait::openedSeq))
        .numbers("resolved_seq", column(waits, w -> orNone(w.resolvedSeq())));
  }

  private static void states(JsonOut out, List<Transition> states, Instant origin)
      throws IOException {
    out.numbers("start_ms", column(states, change -> millis(origin, change.at())))
        .numbers("state", column(states, change -> change.to().ordinal()))
        .numbers("legal", column(states, change -> change.legal() ? 1 : 0))
        .numbers("seq", column(states, Transition::seq));
  }

  private static <T> long[] column(List<T> rows, ToLongFunction<T> value) {
    return rows.stream().mapToLong(value).toArray();
  }

  private static long millis(Instant origin, Instant at) {
    return at.toEpochMilli() - origin.toEpochMilli();
  }

  private static long duration(Wait interval) {
    Instant end = interval.resolvedAt();
    return end == null ? NONE : Math.max(0, millis(interval.openedAt(), end));
  }

  private static long orNone(@Nullable Long number) {
    return number == null ? NONE : number;
  }

  private static long row(Map<String, Integer> rows, @Nullable String id) {
    Integer row = id == null ? null : rows.get(id);
    return row == null ? NONE : row;
  }

  private static List<String> words(Word[] words) {
    return Arrays.stream(words).map(Word::word).toList();
  }

  /** Texts by the order in which they came. */
  private static final class Places {
    private final Map<String, Integer> places = new LinkedHashMap<>();

    long of(@Nullable String text) {
      return text == null ? NONE : places.computeIfAbsent(text, _ -> places.size());
    }

    List<String> list() {
      return List.copyOf(places.keySet());
    }
  }
}
