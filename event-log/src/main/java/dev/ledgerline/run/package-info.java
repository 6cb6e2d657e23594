// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What events add up to: runs with their steps, waits, transitions and usage, as pure incremental
 * folds.
 *
 * <p>A {@link dev.ledgerline.run.RunFold} takes the events of one run in the order of the source
 * and can say at any point what the run looks like then. It never looks at a clock or a disk; what
 * it cannot know it says is unknown.
 */
@NullMarked
package dev.ledgerline.run;

import org.jspecify.annotations.NullMarked;
