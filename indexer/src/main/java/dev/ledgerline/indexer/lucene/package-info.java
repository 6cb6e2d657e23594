// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The run store that is a folder with two Lucene indexes, and the only package that knows Lucene.
 *
 * <p>The <b>events</b> index has a document for each event: terms, numbers and the words of its
 * text, but not the event itself; that is read from the log at the position that the document
 * names. The <b>runs</b> index is small: a document for each run with its summary, and one for each
 * quarantined record. Both are written by the indexer's thread and committed as a pair ({@link
 * dev.ledgerline.indexer.lucene.IndexPair}); questions look at a {@link
 * dev.ledgerline.indexer.lucene.View} of both at one position.
 *
 * <p>A run and an event each have a <b>number</b> ({@link dev.ledgerline.indexer.lucene.Ordinal}):
 * the place of the event, or of the run's first event, in the log. It never changes, is the same
 * after a rebuild, and orders both by arrival.
 */
@NullMarked
package dev.ledgerline.indexer.lucene;

import org.jspecify.annotations.NullMarked;
