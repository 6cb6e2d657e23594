// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The questions one can ask: {@link dev.ledgerline.query.Runs} is all of them, for whoever is in
 * the same process; {@code query.http} puts them on the wire.
 *
 * <p>An answer is what the run store saw when it was asked. A question that has none ends in an
 * {@link dev.ledgerline.query.UnansweredException}, which says why in words for who asked. An
 * <b>event view</b> is an event with what its original record says on demand. A <b>tail</b> follows
 * the log itself and is ahead of the store. A question that looks through many documents takes a
 * <b>lane</b>; there are few, so that no number of questions can starve ingest.
 */
@NullMarked
package dev.ledgerline.query;

import org.jspecify.annotations.NullMarked;
