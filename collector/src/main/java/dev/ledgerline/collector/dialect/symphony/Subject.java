// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.WaitOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What one record speaks of: an issue, or nothing but its orchestrator. Knows it as it is after
 * what was told so far, tells of it and remembers it for the next record.
 */
final class Subject {
  final Notebook notebook;
  final Telling telling;

  private @Nullable String id;
  private Issue issue = Issue.UNSEEN;

  Subject(Notebook notebook, Telling telling) {
    this.notebook = notebook;
    this.telling = telling;
  }

  /** The record speaks of an issue; {@code name} is what people call it. */
  void about(String issueId, @Nullable String name) {
    id = issueId;
    issue = notebook.issue(issueId, name);
  }

  /** Null where the record speaks of no issue. */
  @Nullable String id() {
    return id;
  }

  Issue issue() {
    return issue;
  }

  /** What is known of any issue; null for nothing. */
  @Nullable Issue known(String any) {
    return any.equals(id) ? issue : notebook.known(any);
  }

  // --- what becomes of it

  void becomes(Issue now) {
    issue = now;
    if (id != null) {
      notebook.write(id, now);
    }
  }

  /** One of its runs is now like that. */
  void becomes(Life before, Life now) {
    if (!before.equals(now)) {
      becomes(issue.replacing(before, now));
    }
  }

  /** Any issue is now like that. */
  void becomes(String any, Issue now) {
    if (any.equals(id)) {
      issue = now;
    }
    notebook.write(any, now);
  }

  // --- what is told of it

  void say(Scope scope, Fact fact, String summary) {
    telling.say(scope, fact, summary);
  }

  /** A rule that the orchestrator broke. */
  void broke(Fact.RuleBroken breach) {
    say(scope(), breach, name() + breach.message());
  }

  /**
   * The claim changes hands. Whoever says so remembers it with what else changes.
   *
   * @param reason null where none is told
   */
  void claim(Scope scope, Claim claim, @Nullable String reason, Quality quality) {
    boolean again = issue.claim() == claim && claim != Claim.RETRY_QUEUED;
    if (again) {
      return; // told before, it is no change
    }
    // a restart drops every claim, whether a line says so or not
    boolean dropped = issue.epoch() != notebook.orchestrator().epoch();
    boolean seen = issue.epoch() >= 0 || issue.claim() != Claim.UNCLAIMED;
    Claim from = !seen ? null : dropped ? Claim.UNCLAIMED : issue.claim();
    say(
        scope,
        new StateChange(
            Entity.TASK,
            issue.identifier(),
            from == null ? null : from.state,
            claim.state,
            from == null ? null : from.word,
            claim.word,
            reason,
            quality,
            Firmness.FIRM),
        Brief.line(issue.identifier(), claim.word, reason));
  }

  /** Nobody waits any more for what a run asked. Whoever says so remembers it. */
  void resolveWait(WaitOutcome outcome, @Nullable String byRun) {
    String waiting = issue.waitingRun();
    if (waiting == null || id == null) {
      return;
    }
    say(
        telling.scope(id, waiting),
        new Fact.WaitResolved(null, outcome, null, byRun, Quality.DERIVED),
        name() + outcome.word());
    issue = issue.with().waitingRun(null).issue();
  }

  /** The claim goes away. */
  void release(String reason) {
    if (id == null) {
      return;
    }
    resolveWait(WaitOutcome.CANCELED, null);
    claim(pastScope(), Claim.RELEASED, reason, Quality.REPORTED);
    becomes(
        issue.with().claim(Claim.RELEASED).announced(null).releasedAt(telling.when().at()).issue());
  }

  /** What a summary begins with. */
  String name() {
    return id == null ? "" : issue.shown(id) + ": ";
  }

  // --- where it belongs

  /** To its newest run, or to the issue where none is open, or to nobody. */
  Scope scope() {
    Life life = issue.newest();
    return id == null ? telling.scope() : life == null ? pastScope() : scope(life);
  }

  /** To the run that ended last. */
  Scope pastScope() {
    return telling.after(id, issue);
  }

  Scope scope(Life life) {
    return telling.scope(id, life);
  }

  Scope scope(Life life, @Nullable Session session) {
    return telling.scope(id, life, session);
  }
}
