// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a dialect makes of a record: an event that has no identity and no time of arrival yet.
 *
 * @param nativeType the record's own type, verbatim
 * @param nativeId the record's own id as text, null where it has none
 * @param occurredAt what the source said; never filled with the time of arrival
 * @param timeQuality of {@code occurredAt}; {@link TimeQuality#INGEST} where it is null
 * @param order the source's own sequence number within the run, null where it has none
 * @param summary one line for lists, at most {@value #MAX_SUMMARY} characters, never null, may be
 *     empty
 */
public record Draft(
    Scope scope,
    String nativeType,
    @Nullable String nativeId,
    @Nullable Instant occurredAt,
    TimeQuality timeQuality,
    @Nullable Long order,
    Fact fact,
    Set<Flag> flags,
    String summary) {

  /**
   * Longer ones are cut with an ellipsis: a list shows one line, the event panel shows everything.
   */
  public static final int MAX_SUMMARY = 200;

  public Draft {
    flags = Set.copyOf(flags);
    summary = oneLine(summary);
  }

  public static Draft of(Scope scope, String nativeType, Fact fact, String summary) {
    return new Draft(
        scope, nativeType, null, null, TimeQuality.INGEST, null, fact, Set.of(), summary);
  }

  public Draft at(@Nullable Instant occurredAt) {
    TimeQuality quality = occurredAt == null ? TimeQuality.INGEST : TimeQuality.SOURCE;
    return new Draft(scope, nativeType, nativeId, occurredAt, quality, order, fact, flags, summary);
  }

  public Draft withNativeId(@Nullable String nativeId) {
    return new Draft(
        scope, nativeType, nativeId, occurredAt, timeQuality, order, fact, flags, summary);
  }

  public Draft withFlags(Set<Flag> flags) {
    return new Draft(
        scope, nativeType, nativeId, occurredAt, timeQuality, order, fact, flags, summary);
  }

  private static String oneLine(String text) {
    int end = Math.min(text.length(), MAX_SUMMARY);
    boolean cut = end < text.length();
    if (cut && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    StringBuilder line = null;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' || c == '\t') {
        if (line == null) {
          line = new StringBuilder(end + 1).append(text, 0, end);
        }
        line.setCharAt(i, ' ');
      }
    }
    String shown = line == null ? text.substring(0, end) : line.toString();
    return cut ? shown + "…" : shown;
  }
}
