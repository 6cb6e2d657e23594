// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Flag;
import dev.ledgerline.log.Position;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event as it can be read back.
 *
 * @param seq order of arrival within its run, from 1, dense; 0 for an event without a run
 * @param order where it stands in the order of the source, comparable within its run
 * @param flags those of its arrival and those that the fold of its run added
 * @param stepId the step that it opened, moved or ended, null where there is none
 * @param parentSeq the event that opened the enclosing step, null at the top
 * @param original the record as received, after redaction; shared by all events of the record
 */
public record StoredEvent(
    Event event,
    long seq,
    long order,
    Position position,
    Set<Flag> flags,
    @Nullable String stepId,
    @Nullable Long parentSeq,
    byte[] original) {}
