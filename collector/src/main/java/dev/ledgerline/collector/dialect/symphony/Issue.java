// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.event.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an issue.
 *
 * @param stream that spoke of it last; null before one did
 * @param claim in the words of the specification (section 7.1)
 * @param epoch the life of the orchestrator in which it was dispatched last; -1 before
 * @param lives its runs that have not ended, oldest first: more than one only where it was
 *     dispatched while it ran
 * @param lost its runs that a restart ended, as far as they may speak again
 * @param past its newest run that ended; null before
 * @param pastAttempt of that run
 * @param endedSinceDispatch whether a run of it ended since it was dispatched last
 * @param announced the attempt whose timer runs; null without one
 * @param waitingRun the run that ended while it asked for something; null without one
 * @param releasedAt when the claim went away last
 */
record Issue(
    @Nullable String identifier,
    @Nullable String stream,
    Claim claim,
    int epoch,
    List<Life> lives,
    List<Life> lost,
    @Nullable String past,
    @Nullable Integer pastAttempt,
    boolean endedSinceDispatch,
    @Nullable Integer announced,
    @Nullable String waitingRun,
    @Nullable Instant releasedAt) {

  /** More runs of an issue at once are a fault that need not be told apart. */
  private static final int MOST_LIVES = 4;

  static final Issue UNSEEN =
      new Issue(
          null,
          null,
          Claim.UNCLAIMED,
          -1,
          List.of(),
          List.of(),
          null,
          null,
          false,
          null,
          null,
          null);

  enum Claim {
    UNCLAIMED("Unclaimed", State.UNKNOWN),
    RUNNING("Running", State.RUNNING),
    RETRY_QUEUED("RetryQueued", State.RETRY_SCHEDULED),
    /** A word of the reference implementation only. */
    BLOCKED("Blocked", State.WAITING),
    RELEASED("Released", State.RELEASED);

    final String word;
    final State state;

    Claim(String word, State state) {
      this.word = word;
      this.state = state;
    }
  }

  Issue {
    lives = List.copyOf(lives);
    lost = List.copyOf(lost);
  }

  Issue in(String stream) {
    return stream.equals(this.stream) ? this : with().stream(stream).issue();
  }

  Issue called(@Nullable String name) {
    return name == null || name.equals(identifier) ? this : with().identifier(name).issue();
  }

  /** As people call it. */
  String shown(String id) {
    return identifier == null ? id : identifier;
  }

  @Nullable Life newest() {
    return lives.isEmpty() ? null : lives.getLast();
  }

  /** The run of that thread, else the newest; null where none is open. */
  @Nullable Life of(@Nullable String thread) {
    Life known = find(lives, thread);
    return known == null ? newest() : known;
  }

  static @Nullable Life find(List<Life> lives, @Nullable String thread) {
    if (thread != null) {
      for (Life life : lives) {
        if (thread.equals(life.thread())) {
          return life;
        }
      }
    }
    return null;
  }

  Issue replacing(Life before, Life after) {
    List<Life> changed = new ArrayList<>(lives);
    changed.replaceAll(life -> life.equals(before) ? after : life);
    return with().lives(changed).issue();
  }

  Issue opening(Life life) {
    List<Life> more = new ArrayList<>(lives);
    more.add(life);
    return with()
        .lives(more.subList(Math.max(0, more.size() - MOST_LIVES), more.size()))
        .endedSinceDispatch(false)
        .issue();
  }

  Issue ending(Life life) {
    List<Life> fewer = new ArrayList<>(lives);
    fewer.remove(life);
    return with().lives(fewer).past(life.run(), life.attempt()).endedSinceDispatch(true).issue();
  }

  Edit with() {
    return new Edit(this);
  }

  /** A copy that differs in some parts. */
  static final class Edit {
    private @Nullable String identifier;
    private @Nullable String stream;
    private Claim claim;
    private int epoch;
    private List<Life> lives;
    private List<Life> lost;
    private @Nullable String past;
    private @Nullable Integer pastAttempt;
    private boolean endedSinceDispatch;
    private @Nullable Integer announced;
    private @Nullable String waitingRun;
    private @Nullable Instant releasedAt;

    private Edit(Issue issue) {
      identifier = issue.identifier;
      stream = issue.stream;
      claim = issue.claim;
      epoch = issue.epoch;
      lives = issue.lives;
      lost = issue.lost;
      past = issue.past;
      pastAttempt = issue.pastAttempt;
      endedSinceDispatch = issue.endedSinceDispatch;
      announced = issue.announced;
      waitingRun = issue.waitingRun;
      releasedAt = issue.releasedAt;
    }

    Edit identifier(String value) {
      identifier = value;
      return this;
    }

    Edit stream(String value) {
      stream = value;
      return this;
    }

    Edit claim(Claim value) {
      claim = value;
      return this;
    }

    Edit epoch(int value) {
      epoch = value;
      return this;
    }

    Edit lives(List<Life> value) {
      lives = value;
      return this;
    }

    Edit lost(List<Life> value) {
      lost = value.subList(Math.max(0, value.size() - MOST_LIVES), value.size());
      return this;
    }

    Edit past(@Nullable String run, @Nullable Integer attempt) {
      past = run;
      pastAttempt = attempt;
      return this;
    }

    Edit endedSinceDispatch(boolean value) {
      endedSinceDispatch = value;
      return this;
    }

    Edit announced(@Nullable Integer value) {
      announced = value;
      return this;
    }

    Edit waitingRun(@Nullable String value) {
      waitingRun = value;
      return this;
    }

    Edit releasedAt(@Nullable Instant value) {
      releasedAt = value;
      return this;
    }

    Issue issue() {
      return new Issue(
          identifier,
          stream,
          claim,
          epoch,
          lives,
          lost,
          past,
          pastAttempt,
          endedSinceDispatch,
          announced,
          waitingRun,
          releasedAt);
    }
  }
}
