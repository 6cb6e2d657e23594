// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.answer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.WaitOutcome;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody says to what waits.
 *
 * @param outcome one of {@link #OUTCOMES}
 * @param value what is said: text, or an object of the keys that were asked for; null where the
 *     outcome says it all
 * @param by who says it
 */
public record Answer(WaitOutcome outcome, @Nullable JsonNode value, String by) {
  public static final Set<WaitOutcome> OUTCOMES =
      Set.copyOf(
          EnumSet.of(
              WaitOutcome.ANSWERED,
              WaitOutcome.APPROVED,
              WaitOutcome.DENIED,
              WaitOutcome.CANCELED));
}
