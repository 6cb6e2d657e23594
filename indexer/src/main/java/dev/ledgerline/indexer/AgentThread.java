// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation: the runs that name the same thread, whatever their source.
 *
 * @param agents every agent that acted in its runs, newest run first, at most {@value #MAX_AGENTS}
 * @param state of its newest run that is neither superseded nor continued
 * @param usage the sum of its runs, null if never told
 * @param title of its oldest run that has one
 */
public record AgentThread(
    String id,
    long runs,
    List<String> agents,
    State state,
    Instant startedAt,
    Instant lastEventAt,
    long events,
    @Nullable TokenUsage usage,
    @Nullable String title) {
  public static final int MAX_AGENTS = 100;
}
