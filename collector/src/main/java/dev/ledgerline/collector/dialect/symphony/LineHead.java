// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ledgerline.collector.dialect.Timestamps;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the message of a log line.
 *
 * @param at null where the line tells no time, or only that of a day
 * @param zoned whether the time told its offset; without one it is taken for UTC
 * @param precise whether the time has microseconds: then no two lines of a log are alike
 * @param level lower case, null where none is told
 * @param usual whether it has the form of the reference implementation: {@code <RFC 3339 to the
 *     microsecond> <level>: <message>} (OTP's logger_formatter)
 * @param message without colours
 */
record LineHead(
    @Nullable Instant at,
    boolean zoned,
    boolean precise,
    @Nullable String level,
    boolean usual,
    String message) {

  private static final Set<String> LEVELS =
      Set.of(
          "debug",
          "info",
          "notice",
          "warning",
          "warn",
          "error",
          "critical",
          "alert",
          "emergency",
          "fatal");

  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]");

  private static final Pattern USUAL_HEAD =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}(?:Z|[+-]\\d\\d:\\d\\d)"
              + " (?:debug|info|notice|warning|error|critical): ");

  /** What other loggers put between time and message (name, level, file) ends before that. */
  private static final int LONGEST_PREAMBLE = 120;

  /**
   * Reads a line. Where the process was killed while it wrote, the next one goes on behind what it
   * had begun: the part that is whole counts.
   */
  static LineHead of(String line) {
    String text = line.indexOf('\u001b') < 0 ? line : COLOURS.matcher(line).replaceAll("");
    LineHead head = read(text);
    if (head.at != null && (!head.usual || !holdsAnother(text, head) || quotes(head))) {
      return head;
    }
    Matcher next = USUAL_HEAD.matcher(head.message);
    int last = -1;
    while (next.find()) {
      last = next.start();
    }
    return last < 0 ? head : read(head.message.substring(last));
  }

  /** Whether the year of the head comes again, which is many times faster found than a head. */
  private static boolean holdsAnother(String text, LineHead head) {
    return head.message.contains(text.substring(0, "2026-".length()));
  }

  private static boolean quotes(LineHead head) {
    return Saying.of(head.message).quotes();
  }

  /** Whether a line begins as those of the reference implementation do; cheap. */
  static boolean isUsual(byte[] line) {
    int at = "2026-11-21T05:12:58.590742".length();
    if (line.length < at + 10
        || line[4] != '-'
        || line[10] != 'T'
        || line[13] != ':'
        || line[19] != '.'
        || !isDigit(line[0])
        || !isDigit(line[at - 1])) {
      return false;
    }
    int end = at + (line[at] == 'Z' ? 1 : "+00:00".length());
    if (line[end] != ' ') {
      return false;
    }
    for (int i = end + 1; i < line.length - 1 && i < end + 11; i++) {
      if (line[i] == ':') {
        return line[i + 1] == ' ' && isLevel(new String(line, end + 1, i - end - 1, US_ASCII));
      }
    }
    return false;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static LineHead read(String text) {
    int end = text.indexOf(' ');
    if (end >= 19 && text.charAt(10) == 'T') {
      return timed(text, text.substring(0, end), end + 1);
    }
    if (end == 10) {
      int second = text.indexOf(' ', 11);
      if (second > 0) {
        // Python: 2026-11-21 10:00:01,123; Go: 2026/11/21 10:00:01.123456
        String time = text.substring(0, second).replace('/', '-').replace(',', '.');
        return timed(text, time, second + 1);
      }
    }
    return new LineHead(null, false, false, null, false, text);
  }

  private static LineHead timed(String text, String time, int from) {
    Instant zoned = Timestamps.parse(time);
    Instant at = zoned != null ? zoned : Timestamps.parseNaiveAsUtc(time);
    if (at == null) {
      return new LineHead(null, false, false, null, false, text);
    }
    boolean precise = zoned != null && fraction(time) >= 6;
    int colon = text.indexOf(": ", from);
    if (colon > 0 && colon - from <= 9 && isLevel(text.substring(from, colon))) {
      String level = text.substring(from, colon).toLowerCase(Locale.ROOT);
      return new LineHead(at, zoned != null, precise, level, precise, text.substring(colon + 2));
    }
    String rest = text.substring(Math.min(from, text.length()));
    int start = Saying.startIn(rest, LONGEST_PREAMBLE);
    String level = levelIn(start < 0 ? rest : rest.substring(0, start));
    return new LineHead(
        at, zoned != null, precise, level, false, start < 0 ? rest : rest.substring(start));
  }

  private static int fraction(String time) {
    int at = time.indexOf('.');
    int digits = 0;
    while (at > 0 && ++at < time.length() && Character.isDigit(time.charAt(at))) {
      digits++;
    }
    return digits;
  }

  private static boolean isLevel(String word) {
    return LEVELS.contains(word.toLowerCase(Locale.ROOT));
  }

  /** The first word that is a level: {@code [info]}, {@code INFO}, {@code - INFO -}. */
  private static @Nullable String levelIn(String preamble) {
    int from = 0;
    int end = Math.min(preamble.length(), LONGEST_PREAMBLE);
    for (int i = 0; i <= end; i++) {
      if (i == end || !Character.isLetter(preamble.charAt(i))) {
        if (isLevel(preamble.substring(from, i))) {
          return preamble.substring(from, i).toLowerCase(Locale.ROOT);
        }
        from = i + 1;
      }
    }
    return null;
  }
}
