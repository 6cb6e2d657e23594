// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.RunWait;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Wait;
import java.io.IOException;

/** A wait and who waits. */
final class WaitJson {
  private WaitJson() {}

  static void write(JsonOut out, RunWait waiting) throws IOException {
    RunSummary run = waiting.run();
    Wait interval = waiting.interval();
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
                .word("quality", interval.quality()));
  }
}
