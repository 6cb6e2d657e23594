// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * State machines as plain-text files, and what they say of a record.
 *
 * <p>A {@link dev.ledgerline.state.StateMachine} is read from a file that a person who knows the
 * specification can check by reading it aloud: the states in the source's own words with the
 * canonical {@link dev.ledgerline.event.State} that each means, the transitions with what triggers
 * them, and for every line the place in the specification that says so, or "our reading" where none
 * does. {@link dev.ledgerline.state.Judges} says which machines judge which dialect, and what that
 * dialect cannot show.
 *
 * <p>A {@link dev.ledgerline.state.Replay} follows one run, turn, thread or task through its
 * machine. What a machine does not allow is a {@link dev.ledgerline.state.Violation}; what the
 * record does not show is unknown and never a violation. No I/O but reading the files, no clock.
 */
@NullMarked
package dev.ledgerline.state;

import org.jspecify.annotations.NullMarked;
