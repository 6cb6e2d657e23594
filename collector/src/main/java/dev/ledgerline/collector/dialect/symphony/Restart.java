// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import java.util.ArrayList;
import java.util.List;

/** The orchestrator starts again: what ran runs no more, and nobody says how it ended. */
final class Restart {
  private final Subject subject;
  private final String why;
  private final boolean guessed;

  /**
   * @param guessed no line says so: a run that speaks again shows that there was none
   */
  Restart(Subject subject, String why, boolean guessed) {
    this.subject = subject;
    this.why = why;
    this.guessed = guessed;
  }

  /** Loses every open run but those of a process that runs beside this one. */
  void loseAll() {
    List<String> others = new ArrayList<>();
    for (String id : subject.notebook.orchestrator().open()) {
      Issue issue = subject.known(id);
      if (issue != null && subject.notebook.isOfAnother(issue)) {
        others.add(id);
      } else if (issue != null) {
        lose(id, issue);
      }
    }
    subject.notebook.write(subject.notebook.orchestrator().restarted(others));
  }

  private void lose(String id, Issue issue) {
    List<Life> lost = new ArrayList<>(issue.lost());
    for (Life life : issue.lives()) {
      subject.telling.lose(id, issue, life, why);
      lost.add(guessed ? life.lostByGuess() : life);
    }
    subject.telling.loseClaim(id, issue, why);
    subject.becomes(
        id,
        issue
            .with()
            .lives(List.of())
            .lost(lost)
            .claim(Claim.UNCLAIMED)
            .announced(null)
            .past(issue.lives().isEmpty() ? issue.past() : null, null)
            .issue());
  }
}
