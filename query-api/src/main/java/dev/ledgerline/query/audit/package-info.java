// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What an auditor and an operator ask: where time went, what held a run up, whether a task was
 * retried as its source documents it, who handed what to whom, and why something stands still.
 *
 * <p>All of it is computed when somebody asks, from {@link dev.ledgerline.query.Runs}. A
 * <b>finding</b> is something odd that breaks no rule, with its evidence. A <b>cause</b> is why
 * something is not done yet.
 */
@NullMarked
package dev.ledgerline.query.audit;

import org.jspecify.annotations.NullMarked;
