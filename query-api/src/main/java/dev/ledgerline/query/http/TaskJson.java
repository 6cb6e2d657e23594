// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.query.audit.Retry;
import dev.ledgerline.query.audit.TaskAudit;
import dev.ledgerline.query.audit.TaskTime;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.time.Instant;

/** A task with its attempts; alone also with its books and its runs. */
final class TaskJson {
  private TaskJson() {}

  static void write(JsonOut out, Task task) throws IOException {
    out.object(o -> fields(o, task));
  }

  static void write(JsonOut out, Task task, TaskAudit audit, Page<RunSummary> runs, Instant now)
      throws IOException {
    out.object(
        o -> {
          fields(o, task);
          o.list("retries", audit.retries(), TaskJson::writeRetry)
              .thing("time", audit.time(), TaskJson::writeTime)
              .list("findings", audit.findings(), WhyJson::write)
              .thing("why", audit.why(), (w, why) -> WhyJson.write(w, why, now))
              .list("runs", runs.items(), RunJson::write)
              .text("next_cursor", runs.next());
        });
  }

  private static void fields(JsonOut out, Task task) throws IOException {
    out.text("task_id", task.id())
        .text("identifier", task.identifier())
        .word("state", task.state())
        .list("attempts", task.attempts(), TaskJson::writeAttempt)
        .time("next_attempt_at", task.nextAttemptAt())
        .texts("thread_ids", task.threads());
  }

  private static void writeAttempt(JsonOut out, Task.Attempt attempt) throws IOException {
    out.object(
        o ->
            o.number("attempt", attempt.number())
                .number("native_attempt", attempt.nativeAttempt())
                .text("run_id", attempt.run())
                .word("state", attempt.state())
                .time("started_at", attempt.startedAt())
                .time("ended_at", attempt.endedAt())
                .text("reason", attempt.reason()));
  }

  private static void writeRetry(JsonOut out, Retry retry) throws IOException {
    out.object(
        o ->
            o.time("at", retry.at())
                .number("attempt", retry.attempt())
                .number("delay_ms", retry.delayMillis())
                .time("due_at", retry.dueAt())
                .number("expected_ms", retry.expectedMillis())
                .time("started_at", retry.startedAt())
                .text("run_id", retry.startedRun())
                .number("late_ms", retry.lateMillis())
                .yesNoOrUnknown("ok", retry.ok())
                .text("note", retry.note())
                .text("error", retry.error()));
  }

  private static void writeTime(JsonOut out, TaskTime time) throws IOException {
    out.object(
        o ->
            o.time("from", time.from())
                .time("to", time.to())
                .number("total_ms", time.totalMillis())
                .number("in_runs_ms", time.inRunsMillis())
                .list("classes", TimeJson.classes(time.between()), TimeJson::writeClass));
  }
}
