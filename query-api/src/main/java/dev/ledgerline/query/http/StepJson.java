// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.run.Step;
import java.io.IOException;

/** An interval inside a run. */
final class StepJson {
  private StepJson() {}

  static void write(JsonOut out, Step step) throws IOException {
    out.object(
        o ->
            o.text("step_id", step.id())
                .text("parent_step_id", step.parentId())
                .word("kind", step.kind())
                .text("name", step.name())
                .text("agent", step.agent())
                .text("call_id", step.callId())
                .number("depth", step.depth())
                .word("state", step.state())
                .time("started_at", step.startedAt())
                .time("ended_at", step.endedAt())
                .number("duration_ms", step.durationMillis())
                .number("first_seq", step.firstSeq())
                .number("last_seq", step.lastSeq())
                .thing("usage", step.usage(), UsageJson::write)
                .text("error", step.error()));
  }
}
