// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.SymphonyRow.Listed;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
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

/** The drafts that are made of one snapshot. */
final class SymphonyStateSpeech {
  private final SymphonySnapshot snapshot;
  private final Context context;
  private final List<Draft> drafts = new ArrayList<>();

  SymphonyStateSpeech(SymphonySnapshot snapshot, Context context) {
    this.snapshot = snapshot;
    this.context = context;
  }

  List<Draft> drafts() {
    return drafts;
  }

  void task(SymphonyRow row, @Nullable String run, State to, String word, @Nullable String reason) {
    say(
        row,
        run,
        word,
        synthesized(Entity.TASK, row.identifier(), to, word, reason, Firmness.FIRM),
        Brief.line(row.identifier(), reason),
        snapshot.at());
  }

  void turn(
      SymphonyRow row, String run, String id, State to, String word, @Nullable String reason) {
    say(
        row,
        run,
        "turn",
        synthesized(Entity.TURN, id, to, word, reason, Firmness.FIRM),
        Brief.line(reason),
        snapshot.at());
  }

  static StateChange synthesized(
      Entity entity,
      @Nullable String id,
      State to,
      String word,
      @Nullable String reason,
      Firmness firmness) {
    return new StateChange(entity, id, null, to, null, word, reason, Quality.SYNTHESIZED, firmness);
  }

  void log(String type, String text) {
    drafts.add(
        Draft.of(Scope.NONE.withAgent(agent()), type, new Fact.LogLine("warning"), text)
            .at(snapshot.at()));
  }

  void say(
      SymphonyRow row,
      @Nullable String run,
      String type,
      Fact fact,
      String summary,
      @Nullable Instant at) {
    Scope scope =
        Scope.NONE
            .withRun(run, RunIdQuality.DERIVED)
            .withThread(row.thread() == null ? context.thread() : row.thread())
            .withTask(row.issue())
            .withTurn(row.turn())
            .withAgent(agent())
            .withNativeAttempt(row.listed() == Listed.RUNNING ? row.attempt() : null);
    drafts.add(
        new Draft(
            scope,
            type,
            row.identifier(),
            at,
            at == null ? TimeQuality.INGEST : TimeQuality.DERIVED,
            null,
            fact,
            Set.of(),
            summary));
  }

  private String agent() {
    return context.agent() == null ? SymphonyStateDialect.AGENT : context.agent();
  }
}
