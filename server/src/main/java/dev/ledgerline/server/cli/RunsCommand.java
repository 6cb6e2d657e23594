// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import static dev.ledgerline.server.cli.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which runs there are. */
@Command(
    name = "runs",
    description = "List runs, newest first.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ledgerline runs 'state:failed agent:coder started>-2h'"})
public final class RunsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Parameters(arity = "0..*", paramLabel = "QUERY", description = "In the query language.")
  private String[] query = {};

  @Option(
      names = "--sort",
      paramLabel = "FIELD",
      description =
          "started, ended, duration, events, errors or tokens; with - in front descending.")
  private @Nullable String sort;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many, 1000 the most. Default: 50")
  private int limit = 50;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "Go on where a list ended.")
  private @Nullable String cursor;

  @Option(names = "--json", description = "Print the answer as JSON and nothing else.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Api api = connection.open()) {
      Map<String, @Nullable Object> parameters = new java.util.HashMap<>();
      parameters.put("q", String.join(" ", query));
      parameters.put("sort", sort);
      parameters.put("limit", limit);
      parameters.put("cursor", cursor);
      JsonNode answer = api.get("/v1/runs", parameters);
      if (json) {
        out.println(answer);
        return 0;
      }
      Table table =
          new Table("STARTED", "RUN", "STATE", "AGENT", "TIME", "EVENTS", "ERRORS", "TITLE");
      for (JsonNode run : answer.path("items")) {
        table.row(
            cell(run.path("started_at")),
            cell(run.path("run_id")),
            cell(run.path("state")),
            cell(run.path("agent")),
            Table.duration(run.path("duration_ms")),
            cell(run.path("events")),
            cell(run.path("errors")),
            cell(run.path("title")));
      }
      table.print(out);
      More.mention(answer, spec.commandLine().getErr());
      return 0;
    }
  }
}
