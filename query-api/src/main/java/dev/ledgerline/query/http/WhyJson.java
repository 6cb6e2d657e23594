// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.audit.Finding;
import dev.ledgerline.query.audit.Why;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** Why something is not done yet, and what is odd. */
final class WhyJson {
  private WhyJson() {}

  static void write(JsonOut out, Why why, Instant now) throws IOException {
    Instant since = why.since();
    out.object(
        o ->
            o.yesNo("stuck", why.stuck())
                .word("cause", why.cause())
                .time("since", since)
                .number("for_ms", since == null ? null : (Long) millis(since, now))
                .text("because", why.because())
                .word("must_act", why.mustAct())
                .text("to_do", why.toDo())
                .text("run_id", why.run() == null ? null : why.run().run())
                .text("source", why.run() == null ? null : why.run().source())
                .thing("wait", why.waiting(), WaitJson.at(now))
                .time("next_at", why.nextAt())
                .object(
                    "cost",
                    c ->
                        c.number("duration_ms", why.cost().durationMillis())
                            .number("waiting_ms", why.cost().waitingMillis())
                            .number("attempts", why.cost().attempts())
                            .thing("usage", why.cost().usage(), UsageJson::write)));
  }

  private static long millis(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toMillis());
  }

  static void write(JsonOut out, Finding finding) throws IOException {
    out.object(
        o ->
            o.word("kind", finding.kind())
                .time("since", finding.since())
                .number("count", finding.count())
                .number("first_seq", finding.fromSeq())
                .number("last_seq", finding.toSeq())
                .texts("run_ids", finding.runs())
                .text("message", finding.message()));
  }
}
