// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import dev.ledgerline.event.Kind;
import dev.ledgerline.event.State;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How values are written on the pages. */
public final class Shown {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Shown() {}

  /**
   * Text of an agent with what cannot be seen in it (control characters, marks that turn the
   * direction of writing) as codes.
   */
  public static String text(@Nullable String text) {
    if (text == null) {
      return "";
    }
    if (text.chars().noneMatch(Shown::isUnseen)) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(
            c -> {
              if (isUnseen(c)) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                shown.append((char) c);
              }
            });
    return shown.toString();
  }

  private static boolean isUnseen(int c) {
    return (Character.isISOControl(c) && c != '\n' && c != '\t') || isMark(c);
  }

  private static boolean isMark(int c) {
    return (c >= '\u200b' && c <= '\u200f')
        || (c >= '\u202a' && c <= '\u202e')
        || (c >= '\u2060' && c <= '\u2069')
        || c == '\ufeff';
  }

  public static String duration(@Nullable Long millis) {
    if (millis == null) {
      return "";
    }
    if (millis < 1_000) {
      return millis + " ms";
    }
    long seconds = millis / 1_000;
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    if (seconds < 3_600) {
      return two(seconds / 60, "m", seconds % 60, "s");
    }
    if (seconds < 86_400) {
      return two(seconds / 3_600, "h", seconds % 3_600 / 60, "m");
    }
    return two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
  }

  private static String two(long large, String unit, long small, String smaller) {
    return large + " " + unit + (small == 0 ? "" : " " + small + " " + smaller);
  }

  /** For example {@code 3 m 12 s ago}; a time to come is told as a time. */
  public static String ago(Instant at, Instant now) {
    long millis = Duration.between(at, now).toMillis();
    return millis < -1_000 ? day(at) : millis < 2_000 ? "just now" : duration(millis) + " ago";
  }

  /** Time of day, UTC. */
  public static String clock(Instant at) {
    return CLOCK.format(at);
  }

  /** Date and time to the millisecond, UTC. */
  public static String moment(Instant at) {
    return MOMENT.format(at);
  }

  /** Date and time, UTC. */
  public static String day(Instant at) {
    return DAY.format(at);
  }

  public static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  public static String tokens(@Nullable Long n) {
    if (n == null) {
      return "";
    }
    return n < 10_000
        ? count(n)
        : n < 1_000_000 ? n / 1_000 + " k" : String.format(Locale.ROOT, "%.1f M", n / 1e6);
  }

  public static String bytes(long n) {
    return n < 1 << 20
        ? n / 1024 + " KiB"
        : n < 1 << 30
            ? n / (1 << 20) + " MiB"
            : String.format(Locale.ROOT, "%.1f GiB", n / (double) (1 << 30));
  }

  /** The tone of a state: which colour and shape it has. */
  public static String tone(State state) {
    return switch (state) {
      case RUNNING, STARTING -> "running";
      case WAITING, PAUSED, CANCELING, RETRY_SCHEDULED -> "waiting";
      case COMPLETED -> "completed";
      case FAILED, TIMED_OUT, LOST, REJECTED -> "failed";
      case CANCELED, SUSPENDED, INCOMPLETE, SUPERSEDED, RELEASED -> "ended";
      case UNKNOWN, SUBMITTED, QUEUED -> "unknown";
    };
  }

  public static String state(State state) {
    return state.word().replace('_', ' ');
  }

  /** The group of kinds that share a colour. */
  public static String group(Kind kind) {
    return switch (kind) {
      case TOOL_CALL, TOOL_PROGRESS, TOOL_RESULT -> "tool";
      case LLM_REQUEST, LLM_RESPONSE, REASONING -> "model";
      case STATE, CONTROL -> "state";
      case WAIT_OPENED, WAIT_RESOLVED -> "wait";
      case ERROR -> "error";
      default -> "other";
    };
  }
}
