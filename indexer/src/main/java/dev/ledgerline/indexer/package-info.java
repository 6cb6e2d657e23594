// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * From the log to what can be asked: the Indexer moves batches of entries from the log into a
 * <b>run store</b>, which answers questions about events, runs, the loss ledger and quarantine.
 *
 * <p>The store can be thrown away and built again from the log. The position up to which it was
 * built is part of each of its <b>commits</b>; what is <b>visible</b> to questions is ahead of the
 * last commit and behind the log.
 */
@NullMarked
package dev.ledgerline.indexer;

import org.jspecify.annotations.NullMarked;
