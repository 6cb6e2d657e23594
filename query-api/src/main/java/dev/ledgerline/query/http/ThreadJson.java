// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.indexer.AgentThread;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;

/** A thread: in a list with the number of its runs, alone with its runs. */
final class ThreadJson {
  private ThreadJson() {}

  static void write(JsonOut out, AgentThread thread) throws IOException {
    out.object(o -> write(o, thread, () -> o.number("runs", thread.runs())));
  }

  static void write(JsonOut out, AgentThread thread, Page<RunSummary> runs) throws IOException {
    out.object(
        o -> {
          write(o, thread, () -> o.list("runs", runs.items(), RunJson::write));
          o.text("next_cursor", runs.next());
        });
  }

  /** Writes the field {@code runs}. */
  private interface RunsField {
    void write() throws IOException;
  }

  private static void write(JsonOut out, AgentThread thread, RunsField runs) throws IOException {
    out.text("thread_id", thread.id());
    runs.write();
    out.texts("agents", thread.agents())
        .word("state", thread.state())
        .time("started_at", thread.startedAt())
        .time("last_event_at", thread.lastEventAt())
        .number("events", thread.events())
        .thing("usage", thread.usage(), UsageJson::write)
        .text("title", thread.title());
  }
}
