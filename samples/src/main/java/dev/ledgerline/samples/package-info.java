// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Told stories: agents at work, sent through the real door at the speed of real work.
 *
 * <p>A {@link dev.ledgerline.samples.Story} is a plot; told from a start with a seed, a {@link
 * dev.ledgerline.samples.Narrator} turns it into <b>moments</b>, native events each with the time
 * at which it happens. {@link dev.ledgerline.samples.StoryPlayer} waits for each moment and posts
 * it. Ids follow from seed and start, so that a story told again is new runs and a moment sent
 * again is the same event.
 *
 * <p>Programs in other languages that do the same for their own agents stand in the folders {@code
 * curl}, {@code python} and {@code node} of this module.
 */
@NullMarked
package dev.ledgerline.samples;

import org.jspecify.annotations.NullMarked;
