// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.CodexAppServerMemory.ThreadState;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.TurnState;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.TokenUsage;
import org.jspecify.annotations.Nullable;

/** The tokens of a thread, as they grow over its turns. */
final class CodexAppServerTokens {
  private CodexAppServerTokens() {}

  static void read(CodexAppServerSpeech speech) {
    String thread = speech.params.id("threadId");
    String turn = speech.turnOrOpen();
    Fields told = speech.params.inside("tokenUsage");
    TokenUsage total = told.inside("total").appServerUsage();
    TokenUsage last = told.inside("last").appServerUsage();
    if (total == null) {
      speech.say(turn, thread, speech.method, new Fact.Snapshot(), "", false);
      return;
    }
    total = CodexRolloutReading.withoutFilling(total);
    TurnState known = speech.memory.turn(turn);
    TokenUsage before = known == null ? null : known.before();
    ThreadState its = speech.memory.thread(thread);
    if (turn != null && known != null && known.open() && before == null) {
      before = before(its.total(), last == null ? null : total.since(last));
      if (before != null) {
        speech.memory.remember(turn, known.countingFrom(before));
      }
    }
    if (thread != null) {
      speech.memory.remember(thread, its.withTotal(total));
    }
    speech.say(
        turn,
        thread,
        speech.method,
        new Fact.UsageReported(thread == null ? "thread" : thread, true, total, true, before),
        "tokens of the thread: " + total.effectiveTotal(),
        false);
  }

  /**
   * What the thread had used before the turn: by the first reading in the turn less its last call,
   * or by an earlier reading where that says more (a reading may be told twice).
   */
  private static @Nullable TokenUsage before(
      @Nullable TokenUsage earlier, @Nullable TokenUsage byFirst) {
    if (earlier == null || byFirst == null) {
      return earlier == null ? byFirst : earlier;
    }
    Long a = earlier.effectiveTotal();
    Long b = byFirst.effectiveTotal();
    return a == null || (b != null && b > a) ? byFirst : earlier;
  }
}
