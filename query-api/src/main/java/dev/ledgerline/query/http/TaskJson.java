// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;

/** A task with its attempts; alone also with its runs. */
final class TaskJson {
  private TaskJson() {}

  static void write(JsonOut out, Task task) throws IOException {
    out.object(o -> fields(o, task));
  }

  static void write(JsonOut out, Task task, Page<RunSummary> runs) throws IOException {
    out.object(
        o -> {
          fields(o, task);
          o.list("runs", runs.items(), RunJson::write).text("next_cursor", runs.next());
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
}
