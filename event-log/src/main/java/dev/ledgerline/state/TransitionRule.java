// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

/**
 * A transition that a machine allows.
 *
 * @param from name of a state
 * @param to name of a state, the same where it may be told again
 * @param when what triggers it, to be read after "when"
 */
public record TransitionRule(String from, String to, String when, Clause clause) {}
