// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the reference implementation (openai/symphony, elixir/, commit 1f3219b), by how
 * they begin. Forks put the name of another agent where it says Codex.
 */
enum Saying {
  NOTIFICATION("Codex notification:", Must.SAY_NOTHING),
  TURN_OUTPUT("Codex turn stream output:", Must.SAY_NOTHING),
  RESPONSE_OUTPUT("Codex response stream output:", Must.SAY_NOTHING),
  IGNORED("Ignoring message while waiting for response:", Must.SAY_NOTHING),
  UNEXPECTED("Orchestrator ignored message:", Must.SAY_NOTHING),

  DISPATCHING("Dispatching issue to agent:", Must.NAME_THE_ISSUE),
  STARTING_RUN("Starting agent run for", Must.NAME_THE_ISSUE),
  STARTING_WORKER("Starting worker attempt for", Must.NAME_THE_ISSUE),
  HOOK("Running workspace hook", Must.NAME_THE_ISSUE),
  HOOK_FAILED("Workspace hook failed", Must.NAME_THE_ISSUE),
  HOOK_TIMED_OUT("Workspace hook timed out", Must.NAME_THE_ISSUE),
  WORKSPACE_FAILED("Workspace creation failed", Must.NAME_THE_ISSUE),
  SESSION_STARTED("Codex session started for", Must.NAME_THE_SESSION),
  SESSION_COMPLETED("Codex session completed for", Must.NAME_THE_SESSION),
  SESSION_ENDED("Codex session ended with error for", Must.NAME_THE_SESSION),
  SESSION_FAILED("Codex session failed for", Must.NAME_THE_ISSUE),
  TURN_DONE("Completed agent run for", Must.NAME_THE_SESSION),
  CONTINUING("Continuing agent run for", Must.NAME_THE_ISSUE),
  MAX_TURNS("Reached agent.max_turns for", Must.NAME_THE_ISSUE),
  RUN_FAILED("Agent run failed for", Must.NAME_THE_ISSUE),

  // these three name the issue by its id only, in the reference implementation itself
  TASK_COMPLETED("Agent task completed for", Must.GIVE_THE_ID),
  TASK_EXITED("Agent task exited for", Must.GIVE_THE_ID),
  TASK_FINISHED("Agent task finished for", Must.GIVE_THE_ID),
  TASK_BLOCKED("Agent task blocked for", Must.NAME_THE_ISSUE),
  STALLED("Issue stalled:", Must.NAME_THE_ISSUE),
  BLOCKED("Issue blocked:", Must.NAME_THE_ISSUE),

  RETRYING("Retrying issue_", Must.NAME_THE_ISSUE),
  RETRY_POLL_FAILED("Retry poll failed for", Must.NAME_THE_ISSUE),
  NO_SLOTS("No available slots for retrying", Must.NAME_THE_ISSUE),
  SPAWN_FAILED("Unable to spawn agent for", Must.NAME_THE_ISSUE),
  SKIPPING_DISPATCH("Skipping dispatch;", Must.NAME_THE_ISSUE),
  SKIPPING_STALE("Skipping stale dispatch after issue refresh:", Must.NAME_THE_ISSUE),
  NO_WORKERS("No SSH worker slots available for", Must.NAME_THE_ISSUE),

  IS_TERMINAL("Issue state is terminal:", Must.NAME_THE_ISSUE),
  LEFT_ACTIVE("Issue left active states, removing claim", Must.NAME_THE_ISSUE),
  NOT_VISIBLE("Issue no longer visible, removing claim", Must.GIVE_THE_ID),
  MOVED_TO_TERMINAL("Issue moved to terminal state:", Must.NAME_THE_ISSUE),
  MOVED_TO_INACTIVE("Issue moved to non-active state:", Must.NAME_THE_ISSUE),
  NOT_ROUTED("Issue no longer routed to this worker:", Must.NAME_THE_ISSUE),
  GONE("Issue no longer visible during running-state refresh:", Must.GIVE_THE_ID),
  BLOCK_RELEASED("Blocked issue ", Must.GIVE_THE_ID),

  /** The orchestrator has started: nothing that ran before runs any more. */
  SERVER_STARTED("Running SymphonyElixirWeb.Endpoint", Must.SAY_NOTHING),
  APPLICATION_STARTED("Application: symphony_elixir. Started", Must.SAY_NOTHING),
  CLEANUP_SKIPPED("Skipping startup terminal workspace cleanup;", Must.SAY_NOTHING),
  /** It is about to end. */
  TERMINATED("SIGTERM received", Must.SAY_NOTHING),

  CONFIG_RELOAD("Failed to reload workflow", Must.SAY_NOTHING),
  CONFIG_INVALID("Invalid WORKFLOW.md config:", Must.SAY_NOTHING),
  CONFIG_PARSE("Failed to parse WORKFLOW.md", Must.SAY_NOTHING),
  CONFIG_MISSING("Missing WORKFLOW.md", Must.SAY_NOTHING),
  TRACKER_CONFIG("Tracker ", Must.SAY_NOTHING),
  TRACKER_UNKNOWN("Unsupported tracker kind", Must.SAY_NOTHING),
  TRACKER_FAILED("Failed to fetch from issue tracker:", Must.SAY_NOTHING),
  TRACKER_REFRESH("Failed to refresh ", Must.SAY_NOTHING),
  TRACKER_MALFORMED("Dropping malformed", Must.SAY_NOTHING),
  TRACKER_REQUEST("Linear GraphQL request", Must.SAY_NOTHING),
  RENDERING_FAILED("Failed rendering", Must.SAY_NOTHING),
  LOG_FILE_FAILED("Failed to configure rotating log file handler:", Must.SAY_NOTHING),
  WORKSPACE_LEFT("Failed to remove partial workspace", Must.SAY_NOTHING),

  // what Elixir and OTP say themselves of a process that crashed: it repeats a failure
  TASK_CRASHED("Task #PID<", Must.SAY_NOTHING),
  TASK_CRASHED_OTP("** Task ", Must.SAY_NOTHING),
  CRASHED("crasher:", Must.SAY_NOTHING),
  CHILD_CRASHED("supervisor:", Must.SAY_NOTHING),
  SERVER_CRASHED("GenServer ", Must.SAY_NOTHING),
  PROCESS_CRASHED("Process #PID<", Must.SAY_NOTHING),
  CHILD_STARTED("Supervisor: ", Must.SAY_NOTHING),
  APPLICATION("Application", Must.SAY_NOTHING),

  // the web server beside it
  ACCESS("Access ", Must.SAY_NOTHING),
  GET("GET /", Must.SAY_NOTHING),
  POST("POST /", Must.SAY_NOTHING),
  HEAD("HEAD /", Must.SAY_NOTHING),
  SENT("Sent ", Must.SAY_NOTHING),
  PROCESSING("Processing with ", Must.SAY_NOTHING),
  CONNECTED("CONNECTED TO ", Must.SAY_NOTHING),
  REFUSED("REFUSED CONNECTION TO ", Must.SAY_NOTHING),
  MOUNT("MOUNT ", Must.SAY_NOTHING),
  HANDLED("HANDLE ", Must.SAY_NOTHING),
  REPLIED("Replied in ", Must.SAY_NOTHING),

  /** Whatever else. */
  OTHER("", Must.SAY_NOTHING);

  /** What the specification asks such a message to name (section 13.1). */
  enum Must {
    SAY_NOTHING,
    GIVE_THE_ID,
    NAME_THE_ISSUE,
    NAME_THE_SESSION
  }

  /** By their first character; the order within is that of the constants. */
  private static final Saying[][] BY_FIRST = byFirst();

  final String start;
  final Must must;

  Saying(String start, Must must) {
    this.start = start;
    this.must = must;
  }

  /** The words without what leads over to the keys: {@code Codex session started}. */
  String phrase() {
    int end = start.length();
    for (String tail : new String[] {" issue_", " #PID<", " for", ":", ";", " "}) {
      end = start.substring(0, end).endsWith(tail) ? end - tail.length() : end;
    }
    return start.substring(0, end);
  }

  /** What a message says. */
  static Saying of(String message) {
    char first = message.isEmpty() ? 0 : message.charAt(0);
    if (first < BY_FIRST.length) {
      for (Saying saying : BY_FIRST[first]) {
        if (message.startsWith(saying.start)) {
          return saying;
        }
      }
    }
    return OTHER;
  }

  private static Saying[][] byFirst() {
    Saying[][] all = new Saying[128][];
    for (int c = 0; c < all.length; c++) {
      int first = c;
      all[c] =
          Arrays.stream(values())
              .filter(saying -> saying != OTHER && saying.start.charAt(0) == first)
              .toArray(Saying[]::new);
    }
    return all;
  }

  /** The message with the name of the agent that the reference has: {@code Codex session …}. */
  static String asIfCodex(String message) {
    int word = message.indexOf(' ');
    if (word <= 0 || word > 20 || message.startsWith("Codex ")) {
      return message;
    }
    boolean speaks =
        message.startsWith(" session started for ", word)
            || message.startsWith(" session completed for ", word)
            || message.startsWith(" session ended with error for ", word)
            || message.startsWith(" session failed for ", word)
            || message.startsWith(" notification: ", word)
            || message.startsWith(" turn stream output: ", word)
            || message.startsWith(" response stream output: ", word);
    return speaks ? "Codex" + message.substring(word) : message;
  }

  /**
   * Where a message begins that follows the preamble of some other logger.
   *
   * @param most characters that the preamble may have
   * @return -1 where none of the messages about an issue or an agent is there
   */
  static int startIn(String text, int most) {
    for (int i = 0; i >= 0 && i <= Math.min(most, text.length() - 1); ) {
      Saying saying = of(asIfCodex(text.substring(i, Math.min(text.length(), i + 80))));
      if (saying.ordinal() <= BLOCK_RELEASED.ordinal()) {
        return i;
      }
      int space = text.indexOf(' ', i);
      i = space < 0 ? -1 : space + 1;
    }
    return -1;
  }

  /** Whether only an orchestrator says so. */
  boolean isOfSymphony() {
    return ordinal() <= CONFIG_MISSING.ordinal();
  }

  /** Whether the worker of a run says so: somebody is at work. */
  boolean isWork() {
    return switch (this) {
      case SESSION_STARTED, SESSION_COMPLETED, SESSION_ENDED, TURN_DONE, CONTINUING, MAX_TURNS ->
          true;
      default -> false;
    };
  }

  /** Whether a log that begins with it was written from the start of its orchestrator on. */
  @Nullable Boolean beginsALog() {
    return switch (this) {
      case DISPATCHING, STARTING_RUN, STARTING_WORKER, SERVER_STARTED, APPLICATION_STARTED -> true;
      case CLEANUP_SKIPPED, CHILD_STARTED, CONFIG_INVALID, CONFIG_MISSING, CONFIG_PARSE -> true;
      case TRACKER_CONFIG, TRACKER_FAILED, TRACKER_REQUEST, SKIPPING_DISPATCH -> true;
      default -> ordinal() <= BLOCK_RELEASED.ordinal() ? (Boolean) false : null;
    };
  }

  /** Whether it repeats the words of others, which may be lines of a log. */
  boolean quotes() {
    return switch (this) {
      case NOTIFICATION, TURN_OUTPUT, RESPONSE_OUTPUT, IGNORED, UNEXPECTED, HOOK_FAILED -> true;
      case TASK_CRASHED, TASK_CRASHED_OTP, CRASHED, CHILD_CRASHED, SERVER_CRASHED -> true;
      default -> false;
    };
  }

  boolean isOfTheWebServer() {
    return ordinal() >= ACCESS.ordinal() && this != OTHER;
  }
}
