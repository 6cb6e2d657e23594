// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an agent of one source did.
 *
 * @param runs in which it acted
 * @param errors its events of kind error
 * @param toolCalls its calls of tools
 * @param usage the sum of the runs of which it is the root agent, null if never told
 */
public record AgentSummary(
    String agent,
    String source,
    long runs,
    long threads,
    Instant lastEventAt,
    long errors,
    long toolCalls,
    @Nullable TokenUsage usage) {}
