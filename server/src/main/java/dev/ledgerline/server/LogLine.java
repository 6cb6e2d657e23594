// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record of our own log is one line, whatever it says: control characters are escaped, so text
 * that came from an agent can neither forge a line nor steer a terminal. Public because {@code
 * logging.properties} names it.
 */
public final class LogLine extends Formatter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Override
  public String format(LogRecord record) {
    StringBuilder line = new StringBuilder(160);
    line.append(TIME.format(record.getInstant()))
        .append(' ')
        .append(record.getLevel().getName())
        .append(' ')
        .append(record.getLoggerName())
        .append(": ");
    escape(formatMessage(record), line);
    for (@Nullable Throwable cause = record.getThrown(); cause != null; cause = cause.getCause()) {
      line.append(" | ");
      escape(cause.toString(), line);
      for (StackTraceElement frame : cause.getStackTrace()) {
        line.append(" < ").append(frame);
      }
    }
    return line.append('\n').toString();
  }

  private static void escape(@Nullable String text, StringBuilder line) {
    if (text == null) {
      return;
    }
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (type == Character.CONTROL
                  || type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR) {
                line.append(String.format("\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
  }
}
