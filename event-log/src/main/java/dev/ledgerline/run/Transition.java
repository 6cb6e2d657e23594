// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of state of the run or of something in it.
 *
 * @param legal false where the machine does not allow it; it is shown all the same and changed
 *     nothing
 * @param clause the rule that it breaks, null where it is legal
 */
public record Transition(
    long seq,
    Instant at,
    Entity entity,
    @Nullable String entityId,
    State from,
    State to,
    @Nullable String nativeFrom,
    @Nullable String nativeTo,
    @Nullable String reason,
    boolean legal,
    @Nullable String clause,
    Quality quality) {}
