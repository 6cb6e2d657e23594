// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.StepKind;
import java.util.List;
import java.util.Map;

/**
 * How one library tells in spans what agents do: the names that it has for things, the operations
 * that it knows, and what follows from its spans beside that. A new library is a new class and a
 * line in {@link Conventions}.
 */
interface Convention {
  /** Whether the span was made by this library; cheap. */
  boolean speaks(SpanView span);

  /** Names of attributes by what they tell, newer ones before older ones. */
  default Map<Meaning, List<String>> names() {
    return Map.of();
  }

  /** What its operations are. */
  default Map<String, StepKind> operations() {
    return Map.of();
  }

  /** Corrects what the tables alone made of a span of its own. */
  default void refine(SpanView span, Reading reading) {}
}
