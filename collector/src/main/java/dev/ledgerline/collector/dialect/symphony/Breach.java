// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.event.Fact.RuleBroken;
import org.jspecify.annotations.Nullable;

/** What the specification forbids and no change of state of a single run shows, by its sections. */
final class Breach {
  private static final String SECOND_DISPATCH =
      "7.4 / 8.2 claimed and running checks required before launch";
  private static final String BACKOFF = "8.4 delay = min(10000*2^(attempt-1), cap)";

  private Breach() {}

  static RuleBroken noIssue(String message) {
    return new RuleBroken(
        "13.1 issue_id required on issue logs", "issue_id", "none", message + ": no issue_id");
  }

  static RuleBroken noIdentifier(String message) {
    return new RuleBroken(
        "13.1 issue_identifier required on issue logs",
        "issue_identifier",
        "none",
        message + ": no issue_identifier");
  }

  static RuleBroken noSession(String message) {
    return new RuleBroken(
        "13.1 session_id required on session lifecycle logs",
        "session_id",
        "none",
        message + ": no session_id");
  }

  static RuleBroken prose(String identifier) {
    return new RuleBroken(
        "13.1 stable key=value phrasing, issue_id, issue_identifier",
        "issue_id=… issue_identifier=" + identifier,
        "free text",
        "a line about " + identifier + " that names it in prose");
  }

  static RuleBroken secondDispatch(String run) {
    return new RuleBroken(
        SECOND_DISPATCH,
        "no dispatch while a run of the issue is open",
        "open: " + run,
        "dispatched while it was running");
  }

  static RuleBroken spokeAgain(String run) {
    return new RuleBroken(
        SECOND_DISPATCH,
        "one run of an issue at a time",
        "two: " + run + " goes on",
        "the run before this dispatch had not ended");
  }

  static RuleBroken tooManyTurns(int turn, int most) {
    return new RuleBroken(
        "7.1 / 5.3.5 agent.max_turns",
        "at most " + most + " turns",
        "turn " + turn,
        "turn " + turn + " of " + most);
  }

  static RuleBroken continuationDelay(long millis) {
    return new RuleBroken(
        "8.4 continuation retry uses a fixed delay of 1000 ms",
        "1000 ms",
        millis + " ms",
        "a continuation after " + millis + " ms");
  }

  static RuleBroken attemptJump(@Nullable Integer from, int to, long millis) {
    return new RuleBroken(
        BACKOFF,
        "attempt " + (from == null ? 1 : from + 1),
        "attempt " + to + " in " + millis + " ms",
        "the attempt jumps from " + (from == null ? "none" : from) + " to " + to);
  }

  static RuleBroken delay(long expected, int attempt, long millis) {
    return new RuleBroken(
        BACKOFF,
        expected + " ms",
        millis + " ms",
        "attempt " + attempt + " must wait " + expected + " ms");
  }

  static RuleBroken neverDispatched() {
    return new RuleBroken(
        "7.1 / 7.3 (no StreamingTurn without a claim)",
        "a dispatch before the session",
        "none",
        "a session of an issue that was never dispatched");
  }

  static RuleBroken afterRelease() {
    return new RuleBroken(
        "7.1 Released has no live worker",
        "no work after the claim was released",
        "a worker goes on",
        "activity after release");
  }

  static RuleBroken credential() {
    return new RuleBroken(
        "15.3 do not log API tokens", "no credential", "a credential", "a credential in the log");
  }

  static RuleBroken stepBack(long millis) {
    return new RuleBroken(
        "(ordering, no clause)",
        "the time of the line before, or later",
        millis + " ms earlier",
        "the time goes back by " + millis + " ms");
  }
}
