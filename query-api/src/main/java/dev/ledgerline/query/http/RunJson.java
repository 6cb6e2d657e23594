// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.run.RunSummary;
import java.io.IOException;

/** A run summary. */
final class RunJson {
  private RunJson() {}

  static void write(JsonOut out, RunSummary run) throws IOException {
    out.object(
        o ->
            o.text("run_id", run.key().run())
                .texts("aliases", run.aliases())
                .text("thread_id", run.thread())
                .text("task_id", run.task())
                .number("attempt", run.attempt())
                .number("native_attempt", run.nativeAttempt())
                .text("parent_run_id", run.parentRun())
                .text("continues_run_id", run.continuesRun())
                .text("agent", run.agent())
                .texts("agents", run.agents())
                .text("dialect", run.dialect())
                .text("source", run.key().source())
                .texts("trace_ids", run.traces())
                .word("state", run.state())
                .word("state_quality", run.stateQuality())
                .text("reason", run.reason())
                .word("run_id_quality", run.runIdQuality())
                .word("time_quality", run.timeQuality())
                .time("started_at", run.startedAt())
                .time("ended_at", run.endedAt())
                .number("duration_ms", run.durationMillis())
                .number("events", run.events())
                .number("steps", run.steps())
                .number("errors", run.errors())
                .number("tool_calls", run.toolCalls())
                .number("failed_tools", run.failedTools())
                .number("model_calls", run.modelCalls())
                .object(
                    "waits", w -> w.number("open", run.openWaits()).number("total", run.waits()))
                .thing("usage", run.usage(), UsageJson::write)
                .word("verdict", run.verdict())
                .number("violations", run.violations())
                .text("title", run.title()));
  }
}
