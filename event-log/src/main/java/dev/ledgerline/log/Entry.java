// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Rejection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one position of the log holds. The loss ledger is the count of these: see {@code Ledger}.
 */
public sealed interface Entry {
  /** The deployment whose ledger it counts in. */
  String source();

  /**
   * One record that was stored, with the events that it became.
   *
   * @param id of the record; its first event has the same
   * @param contentHash of {@code original}: the same id with another hash is a conflict
   * @param stream and {@code number}: where it stood in its stream, null without one
   * @param maybeOlderTwin the window of recent ids did not reach back to the start of the log when
   *     it came, so an older event may have the same id; who indexes it must look
   * @param original the record as received, after redaction
   * @param context what the transport said, so that dialects can be run over the log again
   */
  record Recorded(
      String source,
      String dialect,
      EventId id,
      long contentHash,
      @Nullable String stream,
      @Nullable Long number,
      Instant observedAt,
      boolean maybeOlderTwin,
      Headers context,
      byte[] original,
      List<Event> events)
      implements Entry {}

  /** The context headers that name ids; null where the header was not sent. */
  record Headers(
      @Nullable String run,
      @Nullable String thread,
      @Nullable String agent,
      @Nullable String task) {
    public static final Headers NONE = new Headers(null, null, null, null);
  }

  /**
   * Events that no single record says: what the end of a stream means.
   *
   * @param stream null without one
   */
  record Concluded(
      String source,
      String dialect,
      @Nullable String stream,
      Instant observedAt,
      Headers context,
      List<Event> events)
      implements Entry {}

  /**
   * A record that was not stored, kept with its reason.
   *
   * @param dialect null where it was not found out
   * @param number in its stream, null without one
   * @param record the bytes as received after redaction, at most the first MiB of a request that
   *     was no record at all
   */
  record Refused(
      String source,
      String id,
      Instant observedAt,
      @Nullable String dialect,
      @Nullable String stream,
      @Nullable Long number,
      Rejection rejection,
      Headers context,
      byte[] record)
      implements Entry {}

  /** So many records of one request had been stored before. */
  record Repeated(String source, Instant observedAt, int records) implements Entry {}

  /** A quarantined record was delivered again. */
  record Replayed(String source, Instant observedAt, String quarantineId) implements Entry {}
}
