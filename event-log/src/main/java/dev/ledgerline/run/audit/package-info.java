// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What an auditor asks of a run that was folded: where its time went, what determined its end,
 * whether it went round in circles. Pure functions of a {@link dev.ledgerline.run.audit.History}:
 * the same history gives the same answer, in whatever order its events arrived.
 *
 * <p>A <b>time class</b> is what a millisecond went into (api.md, "time class"); a <b>stretch</b>
 * says that something of a class went on from here to there; a <b>ledger</b> puts every millisecond
 * into one class. The <b>critical path</b> is the chain of steps that determined when the run
 * ended.
 */
@NullMarked
package dev.ledgerline.run.audit;

import org.jspecify.annotations.NullMarked;
