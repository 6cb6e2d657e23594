// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import dev.ledgerline.event.EventId;
import java.util.List;

/**
 * Something that a machine does not allow, or a rule of a source that a record breaks (api.md, "The
 * other shapes").
 *
 * @param seq of the event that shows it
 * @param clause the specification and the place in it
 * @param expected what would have been allowed; empty where nothing was
 * @param seen what came instead
 * @param message one sentence
 */
public record Violation(
    long seq, EventId eventId, String clause, List<String> expected, String seen, String message) {
  public Violation {
    expected = List.copyOf(expected);
  }
}
