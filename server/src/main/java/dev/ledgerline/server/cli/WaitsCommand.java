// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import static dev.ledgerline.server.cli.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What waits for whom. */
@Command(
    name = "waits",
    description = "List what is waiting, oldest first.",
    mixinStandardHelpOptions = true)
public final class WaitsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many, 1000 the most. Default: 50")
  private int limit = 50;

  @Option(names = "--json", description = "Print the answer as JSON and nothing else.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Api api = connection.open()) {
      JsonNode answer = api.get("/v1/waits", Map.of("state", "open", "limit", limit));
      if (json) {
        out.println(answer);
        return 0;
      }
      Table table = new Table("SINCE", "FOR", "KIND", "WHO", "AGENT", "RUN", "PROMPT");
      for (JsonNode wait : answer.path("items")) {
        table.row(
            cell(wait.path("opened_at")),
            Table.duration(wait.path("age_ms")),
            cell(wait.path("kind")),
            cell(wait.path("must_act")),
            cell(wait.path("agent")),
            cell(wait.path("run_id")),
            cell(wait.path("prompt")));
      }
      table.print(out);
      More.mention(answer, spec.commandLine().getErr());
      return 0;
    }
  }
}
