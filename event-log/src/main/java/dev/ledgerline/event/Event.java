// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One fact, once, at a time. Immutable; what reads the log reads these.
 *
 * @param source the deployment that sent it
 * @param dialect how it was written, one of the names of api.md
 * @param nativeType the record's own type, verbatim
 * @param nativeId the record's own id as text, null where it has none
 * @param occurredAt what the source said, null where it said nothing
 * @param observedAt when it reached us
 * @param order the source's own sequence number within the run, null where it has none
 * @param flags what was odd when it arrived; the fold of its run may add to them
 * @param summary one line for lists
 */
public record Event(
    EventId id,
    String source,
    String dialect,
    String nativeType,
    @Nullable String nativeId,
    Scope scope,
    @Nullable Instant occurredAt,
    Instant observedAt,
    TimeQuality timeQuality,
    @Nullable Long order,
    Fact fact,
    Set<Flag> flags,
    String summary) {

  /** When it happened as far as anybody knows. */
  public Instant at() {
    return occurredAt == null ? observedAt : occurredAt;
  }

  public Kind kind() {
    return fact.kind();
  }
}
