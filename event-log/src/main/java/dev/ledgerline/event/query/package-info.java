// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The query language: one string in the UI, the API and the command line (api.md, The query
 * language).
 *
 * <p>A <b>term</b> compares a <b>field</b> or looks for words or an exact phrase in the text. A
 * field belongs to the <b>level</b> of runs, of events, or of both. Terms are joined by AND (a
 * space), OR, {@code -} and brackets.
 */
@NullMarked
package dev.ledgerline.event.query;

import org.jspecify.annotations.NullMarked;
