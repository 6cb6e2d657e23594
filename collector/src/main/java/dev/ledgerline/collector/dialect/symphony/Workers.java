// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.TimeQuality;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which run a worker's word belongs to. That there is one at all may be news: a run may speak that
 * was taken for lost, or that began before the log.
 */
final class Workers {
  /** How long the last words of a worker that is being stopped may take. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final Subject subject;

  Workers(Subject subject) {
    this.subject = subject;
  }

  /** The run that a word is put to which shows nothing of a worker; null where none is open. */
  @Nullable Life of(@Nullable Session session) {
    return subject.issue().of(threadOf(session));
  }

  /**
   * The run of a worker that is at work. Where the claim is gone, or there never was one, that is a
   * breach and no run; where the log is not whole, a run that began before it.
   */
  @Nullable Life working(@Nullable Session session) {
    String id = subject.id();
    if (id == null) {
      return null;
    }
    Issue issue = subject.issue();
    String thread = threadOf(session);
    Life lost = Issue.find(issue.lost(), thread);
    if (lost != null) {
      return revived(lost);
    }
    Life life = issue.of(thread);
    if (life != null) {
      return life;
    }
    if (issue.claim() == Claim.RELEASED) {
      if (isLateWord(issue.releasedAt())) {
        subject.broke(Breach.afterRelease());
      }
      return null;
    }
    boolean seen = issue.past() != null || !issue.lost().isEmpty() || issue.epoch() >= 0;
    return seen || session == null ? null : unseen(id, session);
  }

  /** The run that ends when the worker of that session does; null where it has ended. */
  @Nullable Life ending(@Nullable Session session) {
    Issue issue = subject.issue();
    String thread = threadOf(session);
    Life lost = Issue.find(issue.lost(), thread);
    if (lost != null) {
      return revived(lost);
    }
    Life known = Issue.find(issue.lives(), thread);
    if (known != null) {
      return known;
    }
    return thread == null || !issue.endedSinceDispatch() ? issue.newest() : null;
  }

  private static @Nullable String threadOf(@Nullable Session session) {
    return session == null ? null : session.thread();
  }

  /** A session of a run speaks that was taken for lost: there was no restart. */
  private Life revived(Life lost) {
    Issue issue = subject.issue();
    List<Life> others = new ArrayList<>(issue.lost());
    others.remove(lost);
    List<Life> lives = new ArrayList<>(issue.lives());
    lives.addFirst(lost);
    subject.becomes(issue.with().lost(others).lives(lives).issue());
    if (lost.guessed() && lives.size() > 1) {
      subject.say(
          subject.scope(lost), Breach.spokeAgain(lost.run()), subject.name() + "two runs at once");
    }
    return lost;
  }

  private boolean isLateWord(@Nullable Instant released) {
    Telling.When when = subject.telling.when();
    return released == null
        || when.at() == null
        || when.at().isAfter(released.plus(LAST_WORDS))
        || when.quality() != TimeQuality.SOURCE;
  }

  /** A session of an issue whose dispatch was not seen. */
  private @Nullable Life unseen(String id, Session session) {
    if (beganInTheLog(session)) {
      subject.say(
          subject.telling.scope().withTask(id).withThread(session.thread()),
          Breach.neverDispatched(),
          subject.name() + "never dispatched");
      return null;
    }
    Life joined = Life.begun(id + "@" + session.thread(), null, null);
    subject.claim(subject.scope(joined), Claim.RUNNING, null, Quality.DERIVED);
    subject.becomes(subject.issue().opening(joined).with().claim(Claim.RUNNING).issue());
    return joined;
  }

  /** Whether the session began after the log did, which was seen from its start on. */
  private boolean beganInTheLog(Session session) {
    Orchestrator orchestrator = subject.notebook.orchestrator();
    Instant first = orchestrator.first();
    Instant made = session.made();
    return Boolean.TRUE.equals(orchestrator.whole())
        && (first == null || made == null || !made.isBefore(first));
  }
}
