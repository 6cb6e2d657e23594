// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.RunWait;
import dev.ledgerline.query.audit.Why;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Wait;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** A wait and who waits. */
final class WaitJson {
  private WaitJson() {}

  /** As it is to be shown at that time. */
  static JsonOut.Shape<RunWait> at(Instant now) {
    return (out, waiting) -> write(out, waiting, now);
  }

  private static void write(JsonOut out, RunWait waiting, Instant now) throws IOException {
    RunSummary run = waiting.run();
    Wait interval = waiting.interval();
    Instant end = interval.resolvedAt() == null ? now : interval.resolvedAt();
    out.object(
        o ->
            o.text("wait_id", interval.id())
                .text("run_id", run.key().run())
                .text("thread_id", run.thread())
                .text("task_id", run.task())
                .text("agent", interval.agent())
                .word("kind", interval.kind())
                .text("prompt", interval.prompt())
                .time("opened_at", interval.openedAt())
                .time("resolved_at", interval.resolvedAt())
                .word("outcome", interval.outcome())
                .text("resolved_by", interval.resolvedBy())
                .text("resolved_run_id", interval.resolvedRun())
                .number("opened_seq", interval.openedSeq())
                .number("resolved_seq", interval.resolvedSeq())
                .word("quality", interval.quality())
                .text("source", run.key().source())
                .number(
                    "age_ms", Math.max(0, Duration.between(interval.openedAt(), end).toMillis()))
                .word("must_act", interval.open() ? Why.Actor.of(interval.kind()) : null)
                .text("run_href", href(run.key())));
  }

  private static String href(RunKey run) {
    return "/v1/runs/" + encoded(run.run()) + "?source=" + encoded(run.source());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
