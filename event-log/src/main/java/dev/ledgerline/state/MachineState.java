// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import dev.ledgerline.event.State;
import java.util.List;

/**
 * A state of a machine.
 *
 * @param name in the words of the source
 * @param means the canonical state (api.md); several states of one machine may mean the same
 * @param words more words of the source that lead to it; several states may share a word
 * @param text what it is, to be read after "that is,"
 */
public record MachineState(
    String name, State means, List<String> words, String text, Clause clause) {}
