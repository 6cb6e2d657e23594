// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Where events are kept: an append-only log of <b>entries</b>, each at a <b>position</b> that never
 * changes.
 *
 * <p>The collector {@linkplain dev.ledgerline.log.EventLog#enqueue enqueues} encoded entries and
 * answers its sender once they are {@linkplain dev.ledgerline.log.EventLog.Appended#awaitDurable()
 * durable}. Everything else reads: the indexer, live tails, exports and proofs each follow the log
 * from a position of their own.
 *
 * <p>A <b>segment</b> is one file of the log. The last one is <b>active</b>; when it is full it is
 * <b>sealed</b>: never written again, and one day deleted as a whole. It consists of <b>blocks</b>:
 * entries that are checked and compressed together.
 */
@NullMarked
package dev.ledgerline.log;

import org.jspecify.annotations.NullMarked;
