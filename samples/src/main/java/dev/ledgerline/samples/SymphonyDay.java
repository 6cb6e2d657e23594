// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

/**
 * What the log of a Symphony says while it works on five issues (openai/symphony, SPEC.md 7, 8.4
 * and 13.1): an agent that hands its ticket to review, one that fails and comes back after a
 * back-off, one that stalls, one that needs its operator, and one of which the log tells things
 * that may not be.
 */
final class SymphonyDay implements Story.Plot {
  private static final int MAX_TURNS = 3;

  @Override
  public void tell(Narrator n) {
    review(new Issue(n, "MT-301"));
    backOff(new Issue(n, "MT-302"));
    stall(new Issue(n, "MT-303"));
    question(new Issue(n, "MT-304"));
    breach(new Issue(n, "MT-305"));
    for (int second = 9; second < 60; second += 7) {
      n.line(second, "debug", "Codex notification: \"item/completed\"");
    }
  }

  /** Two turns; in the second the agent moves its own ticket, which is how success looks. */
  private static void review(Issue issue) {
    issue.dispatched(0, "nil");
    issue.turn(3, 15, 1);
    issue.says(
        15.2,
        "info",
        "Continuing agent run for " + issue.context + " after normal turn completion turn=1/3");
    issue.turnStarted(16);
    issue.says(
        29,
        "info",
        "Issue moved to non-active state: "
            + issue.context
            + " state=Human Review; stopping active agent");
  }

  private static void backOff(Issue issue) {
    issue.dispatched(2, "nil");
    issue.turnStarted(5);
    issue.failed(12, "{:turn_failed, %{\"message\" => \"tests are red\"}}", 10_000, 1);
    issue.dispatched(22.4, "1");
    issue.turnStarted(25);
    issue.failed(33, ":turn_timeout", 20_000, 2);
    issue.dispatched(53.3, "2");
    issue.turn(56, 66, 1);
    issue.completed(66.4, 1_000);
    issue.says(
        67.5,
        "info",
        "Issue state is terminal: " + issue.context + " state=Done; removing associated workspace");
  }

  /** The announced back-off is not kept: the same tick dispatches again, as the reference does. */
  private static void stall(Issue issue) {
    issue.dispatched(4, "nil");
    issue.turnStarted(7);
    issue.says(
        47,
        "warning",
        "Issue stalled: "
            + issue.context
            + " session_id="
            + issue.session()
            + " elapsed_ms=40211; restarting with backoff");
    issue.says(
        47.001,
        "warning",
        "Retrying "
            + issue.context
            + " in 10000ms (attempt 1) error=stalled for 40211ms without codex activity");
    issue.dispatched(47.007, "nil");
    issue.turnStarted(50);
  }

  private static void question(Issue issue) {
    issue.dispatched(8, "nil");
    issue.turnStarted(11);
    issue.says(
        19,
        "warning",
        "Codex session ended with error for "
            + issue.context
            + " session_id="
            + issue.session()
            + ": {:turn_input_required, %{\"prompt\" => \"Which of the two schemas is ours?\"}}");
    issue.says(
        19.01,
        "warning",
        "Agent task blocked for "
            + issue.context
            + " session_id="
            + issue.session()
            + ": codex turn requires operator input");
  }

  /** A turn beyond the last, a continuation that waits too long, a second worker at one issue. */
  private static void breach(Issue issue) {
    issue.dispatched(10, "nil");
    issue.turn(13, 21, MAX_TURNS + 1);
    issue.completed(21.5, 5_000);
    issue.dispatched(27, "1");
    issue.turnStarted(30);
    issue.dispatched(34, "nil");
    issue.turn(35, 41, 1);
    issue.completed(41.5, 1_000);
  }

  /** An issue of the tracker, and the worker at it. */
  private static final class Issue {
    private final Narrator narrator;
    private final String identifier;
    private final String id;
    private final String context;
    private int runs;
    private int turns;

    Issue(Narrator narrator, String identifier) {
      this.narrator = narrator;
      this.identifier = identifier;
      this.id = narrator.id("issue " + identifier);
      this.context = "issue_id=" + id + " issue_identifier=" + identifier;
    }

    private String session() {
      return narrator.id("thread " + identifier + runs)
          + "-"
          + narrator.id("turn " + identifier + runs + "/" + turns);
    }

    private String inSession() {
      return context + " session_id=" + session();
    }

    void says(double at, String level, String message) {
      narrator.line(at, level, message);
    }

    void dispatched(double at, String attempt) {
      runs++;
      turns = 0;
      int pid = 400 + Math.floorMod((identifier + runs).hashCode(), 500);
      says(
          at,
          "info",
          "Dispatching issue to agent: "
              + context
              + " pid=#PID<0."
              + pid
              + ".0> attempt="
              + attempt
              + " worker_host=local");
      says(at + 0.0002, "info", "Starting agent run for " + context + " worker_host=local");
      says(at + 0.0004, "info", "Starting worker attempt for " + context + " worker_host=local");
      says(
          at + 0.4,
          "info",
          "Running workspace hook hook=before_run "
              + context
              + " workspace=/srv/work/"
              + identifier
              + " worker_host=local");
    }

    void turnStarted(double at) {
      turns++;
      says(at, "info", "Codex session started for " + inSession());
    }

    void turn(double from, double to, int number) {
      turnStarted(from);
      says(to, "info", "Codex session completed for " + inSession());
      says(
          to + 0.001,
          "info",
          "Completed agent run for "
              + inSession()
              + " workspace=/srv/work/"
              + identifier
              + " turn="
              + number
              + "/"
              + MAX_TURNS);
    }

    void completed(double at, int delayMillis) {
      String task = "issue_id=" + id + " session_id=" + session();
      says(
          at,
          "info",
          "Agent task completed for " + task + "; scheduling active-state continuation check");
      says(at + 0.001, "warning", "Retrying " + context + " in " + delayMillis + "ms (attempt 1)");
      says(at + 0.002, "info", "Agent task finished for " + task + " reason=:normal");
    }

    void failed(double at, String term, int delayMillis, int attempt) {
      String task = "issue_id=" + id + " session_id=" + session();
      says(at, "warning", "Codex session ended with error for " + inSession() + ": " + term);
      says(at + 0.001, "error", "Agent run failed for " + context + ": " + term);
      says(
          at + 0.002,
          "warning",
          "Agent task exited for " + task + " reason=" + term + "; scheduling retry");
      says(
          at + 0.003,
          "warning",
          "Retrying "
              + context
              + " in "
              + delayMillis
              + "ms (attempt "
              + attempt
              + ") error=agent exited: "
              + term);
      says(at + 0.004, "info", "Agent task finished for " + task + " reason=" + term);
    }
  }
}
