// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The facts of one record, as they are told: by whom, when, about what. */
final class Telling {
  /** Who acts where the context names nobody: no line tells an agent. */
  static final String AGENT = "symphony";

  /** When a source says that it happened, and by which words. */
  record When(@Nullable Instant at, TimeQuality quality, String nativeType, Set<Flag> flags) {}

  private final Context context;
  private final When when;
  private final List<Draft> drafts = new ArrayList<>(4);

  Telling(Context context, When when) {
    this.context = context;
    this.when = when;
  }

  List<Draft> drafts() {
    return drafts;
  }

  When when() {
    return when;
  }

  /** When it happened, for an id; where no time is told the place in the stream does. */
  String moment() {
    if (when.at() != null) {
      return when.at().toString();
    }
    return context.stream() != null
        ? context.stream() + ":" + context.number()
        : context.observedAt().toString();
  }

  void say(Scope scope, Fact fact, String summary) {
    drafts.add(
        new Draft(
            scope,
            when.nativeType(),
            null,
            when.at(),
            when.at() == null ? TimeQuality.INGEST : when.quality(),
            null,
            fact,
            when.flags(),
            summary));
  }

  /** Tells what followed at a time that nobody knows. */
  void conclude(Scope scope, Fact fact, String summary) {
    drafts.add(Draft.of(scope, when.nativeType(), fact, summary));
  }

  // --- about whom

  Scope scope() {
    return Scope.NONE.withAgent(context.agent() != null ? context.agent() : AGENT);
  }

  Scope scope(@Nullable String issue, Life life) {
    return scope()
        .withRun(life.run(), RunIdQuality.DERIVED)
        .withThread(life.thread())
        .withTask(issue)
        .withNativeAttempt(life.attempt())
        .withTrace(life.trace());
  }

  Scope scope(@Nullable String issue, Life life, @Nullable Session session) {
    Scope scope = scope(issue, life);
    return session == null ? scope : scope.withThread(session.thread()).withTurn(session.turn());
  }

  Scope scope(@Nullable String issue, String run) {
    return scope().withTask(issue).withRun(run, RunIdQuality.DERIVED);
  }

  /** What concerns an issue after its run: there it is looked for. */
  Scope after(@Nullable String issue, Issue known) {
    return known.past() == null
        ? scope().withTask(issue)
        : scope(issue, known.past()).withNativeAttempt(known.pastAttempt());
  }

  // --- in which words

  /** A change as the source reported it. */
  static StateChange change(
      Entity entity, State to, @Nullable String nativeFrom, @Nullable String nativeTo) {
    return new StateChange(
        entity, null, null, to, nativeFrom, nativeTo, null, Quality.REPORTED, Firmness.FIRM);
  }

  /** A run that is lost; the next word of it takes that back. */
  void lose(String issue, Issue known, Life life, String why) {
    Failure failure = life.failure();
    Fact fact =
        failure != null
            ? change(Entity.RUN, failure.state(), life.phase(), failure.word())
                .because(failure.reason())
                .derived(Firmness.FIRM)
            : lost(Entity.RUN, null, life.phase(), "Lost", why);
    conclude(scope(issue, life), fact, known.shown(issue) + ": " + why);
  }

  /** The claim of an issue, which no restart survives. */
  void loseClaim(String issue, Issue known, String why) {
    Fact fact =
        lost(Entity.TASK, known.identifier(), known.claim().word, Issue.Claim.UNCLAIMED.word, why);
    conclude(scope().withTask(issue), fact, known.shown(issue) + ": " + why);
  }

  private static StateChange lost(
      Entity entity,
      @Nullable String id,
      @Nullable String nativeFrom,
      String nativeTo,
      String why) {
    return new StateChange(
        entity,
        id,
        null,
        State.LOST,
        nativeFrom,
        nativeTo,
        why,
        Quality.SYNTHESIZED,
        Firmness.SOFT);
  }
}
