// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.event.TokenUsage;
import java.io.IOException;

/** Tokens and cost. */
final class UsageJson {
  private UsageJson() {}

  static void write(JsonOut out, TokenUsage usage) throws IOException {
    out.object(
        o ->
            o.number("input_tokens", usage.input())
                .number("output_tokens", usage.output())
                .number("total_tokens", usage.effectiveTotal())
                .number("cached_input_tokens", usage.cachedInput())
                .number("cache_write_tokens", usage.cacheWrite())
                .number("reasoning_tokens", usage.reasoning())
                .decimal("cost_usd", usage.costUsd()));
  }
}
