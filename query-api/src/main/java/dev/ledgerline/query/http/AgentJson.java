// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;

/** An agent: in a list with the number of its runs, alone with its runs. */
final class AgentJson {
  private AgentJson() {}

  static void write(JsonOut out, AgentSummary agent) throws IOException {
    out.object(o -> write(o, agent, () -> o.number("runs", agent.runs())));
  }

  static void write(JsonOut out, AgentSummary agent, Page<RunSummary> runs) throws IOException {
    out.object(
        o -> {
          write(o, agent, () -> o.list("runs", runs.items(), RunJson::write));
          o.text("next_cursor", runs.next());
        });
  }

  /** Writes the field {@code runs}. */
  private interface RunsField {
    void write() throws IOException;
  }

  private static void write(JsonOut out, AgentSummary agent, RunsField runs) throws IOException {
    out.text("agent", agent.agent()).text("source", agent.source());
    runs.write();
    out.number("threads", agent.threads())
        .time("last_event_at", agent.lastEventAt())
        .number("errors", agent.errors())
        .number("tool_calls", agent.toolCalls())
        .thing("usage", agent.usage(), UsageJson::write);
  }
}
