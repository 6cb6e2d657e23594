// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.event.Memory;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered between two records of a source: the process that writes the stream, the
 * issues it speaks of, and how both are found again.
 */
final class Notebook {
  /** Which stream the newest record of the source came from. */
  record Speaking(String stream) {}

  /** Which process started which run. */
  record Pid(int epoch, String issue, String run) {}

  /** The highest reading of a thread's tokens. */
  record Spent(TokenUsage total) {}

  /** Which issue has that name. */
  record Named(String issue) {}

  private final Memory memory;
  private final String stream;
  private Orchestrator orchestrator;

  Notebook(Memory memory, @Nullable String stream) {
    this.memory = memory;
    this.stream = stream == null ? "" : stream;
    this.orchestrator = opened();
  }

  /** A stream that begins goes on where the one before it ended, unless that one goes on itself. */
  private Orchestrator opened() {
    Orchestrator own = orchestrator(stream);
    Speaking last = memory.recall("speaking", Speaking.class);
    if (own != null && last != null && last.stream().equals(stream)) {
      return own;
    }
    memory.remember("speaking", new Speaking(stream));
    Orchestrator before = last == null ? null : orchestrator(last.stream());
    Orchestrator now =
        own != null ? own.amongOthers() : before != null ? before.continued() : Orchestrator.UNSEEN;
    memory.remember("orchestrator/" + stream, now);
    return now;
  }

  private @Nullable Orchestrator orchestrator(String stream) {
    return memory.recall("orchestrator/" + stream, Orchestrator.class);
  }

  Orchestrator orchestrator() {
    return orchestrator;
  }

  void write(Orchestrator now) {
    if (!now.equals(orchestrator)) {
      orchestrator = now;
      memory.remember("orchestrator/" + stream, now);
    }
  }

  /** The log begins, or began before it was seen. */
  void begins(@Nullable Boolean whole, @Nullable Instant at) {
    if (orchestrator.first() == null || (orchestrator.whole() == null && whole != null)) {
      write(orchestrator.begun(whole, at));
    }
  }

  /** An issue, spoken of now. */
  Issue issue(String id, @Nullable String name) {
    Issue known = known(id);
    Issue issue = (known == null ? Issue.UNSEEN : known).called(name).in(stream);
    if (name != null && !id.equals(named(name))) {
      memory.remember("name/" + name, new Named(id));
    }
    if (!issue.equals(known)) {
      write(id, issue);
    }
    return issue;
  }

  /** Null where nobody has spoken of it, or that was forgotten. */
  @Nullable Issue known(String id) {
    return memory.recall("issue/" + id, Issue.class);
  }

  /** The id of the issue of that name; null where nobody has heard of it. */
  @Nullable String named(String name) {
    Named named = memory.recall("name/" + name, Named.class);
    return named == null ? null : named.issue();
  }

  void write(String id, Issue issue) {
    memory.remember("issue/" + id, issue);
    write(orchestrator.working(id, !issue.lives().isEmpty()));
  }

  /** Whether the issue belongs to a process that runs beside this one. */
  boolean isOfAnother(Issue issue) {
    String owner = issue.stream();
    Orchestrator theirs = owner == null || owner.equals(stream) ? null : orchestrator(owner);
    return theirs != null && theirs.besideOthers();
  }

  void started(String pid, String issue, String run) {
    memory.remember("pid/" + stream + "/" + pid, new Pid(orchestrator.epoch(), issue, run));
  }

  /** Whom a process was started for in this life of the orchestrator; null where it was not. */
  @Nullable Pid process(String pid) {
    Pid known = memory.recall("pid/" + stream + "/" + pid, Pid.class);
    return known != null && known.epoch() == orchestrator.epoch() ? known : null;
  }

  /** Whether a reading of a thread's tokens is higher than every one before. */
  boolean isHighest(String thread, TokenUsage total) {
    Spent before = memory.recall("spent/" + thread, Spent.class);
    Long was = before == null ? null : before.total().effectiveTotal();
    Long now = total.effectiveTotal();
    boolean higher = was == null || (now != null && now > was);
    if (higher) {
      memory.remember("spent/" + thread, new Spent(total));
    }
    return higher;
  }
}
