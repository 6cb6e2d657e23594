// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import org.jspecify.annotations.Nullable;

/**
 * Tokens and cost; null is "not told", which is not zero.
 *
 * @param input tokens in, cached ones included
 * @param cachedInput those of {@code input} that came from a cache
 * @param cacheWrite tokens written to a cache
 * @param reasoning those of {@code output} that were spent on reasoning
 * @param costUsd US dollars
 */
public record TokenUsage(
    @Nullable Long input,
    @Nullable Long output,
    @Nullable Long total,
    @Nullable Long cachedInput,
    @Nullable Long cacheWrite,
    @Nullable Long reasoning,
    @Nullable Double costUsd) {

  public static final TokenUsage UNTOLD = new TokenUsage(null, null, null, null, null, null, null);

  public static TokenUsage of(@Nullable Long input, @Nullable Long output) {
    return new TokenUsage(input, output, null, null, null, null, null);
  }

  /** The total that was told, else the sum of what was told, else null. */
  public @Nullable Long effectiveTotal() {
    return total != null ? total : input == null && output == null ? null : sum(input, output);
  }

  public TokenUsage plus(TokenUsage other) {
    return new TokenUsage(
        sum(input, other.input),
        sum(output, other.output),
        sum(effectiveTotal(), other.effectiveTotal()),
        sum(cachedInput, other.cachedInput),
        sum(cacheWrite, other.cacheWrite),
        sum(reasoning, other.reasoning),
        costUsd == null
            ? other.costUsd
            : other.costUsd == null ? costUsd : (Double) (costUsd + other.costUsd));
  }

  /** The sum without a part that was added to it before. */
  public TokenUsage minus(TokenUsage part) {
    return new TokenUsage(
        less(input, part.input),
        less(output, part.output),
        less(effectiveTotal(), part.effectiveTotal()),
        less(cachedInput, part.cachedInput),
        less(cacheWrite, part.cacheWrite),
        less(reasoning, part.reasoning),
        costUsd == null || part.costUsd == null ? costUsd : (Double) (costUsd - part.costUsd));
  }

  /** The same taken back; of what was not told nothing is. */
  public TokenUsage negated() {
    return minus(this).minus(this);
  }

  /** Whether it takes back what was counted before. */
  public boolean negative() {
    Long all = effectiveTotal();
    return all != null && all < 0;
  }

  private static @Nullable Long less(@Nullable Long sum, @Nullable Long part) {
    return sum == null || part == null ? sum : (Long) (sum - part);
  }

  /** What was spent between two readings of one running total; a part that fell counts 0. */
  public TokenUsage since(TokenUsage earlier) {
    return new TokenUsage(
        rise(input, earlier.input),
        rise(output, earlier.output),
        rise(effectiveTotal(), earlier.effectiveTotal()),
        rise(cachedInput, earlier.cachedInput),
        rise(cacheWrite, earlier.cacheWrite),
        rise(reasoning, earlier.reasoning),
        costUsd == null
            ? null
            : (Double) Math.max(0, costUsd - (earlier.costUsd == null ? 0 : earlier.costUsd)));
  }

  private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
    return a == null ? b : b == null ? a : (Long) (a + b);
  }

  private static @Nullable Long rise(@Nullable Long now, @Nullable Long earlier) {
    return now == null ? null : (Long) Math.max(0, now - (earlier == null ? 0 : earlier));
  }
}
