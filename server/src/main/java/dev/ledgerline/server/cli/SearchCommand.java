// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import static dev.ledgerline.server.cli.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Where a word was said. */
@Command(
    name = "search",
    description = "Find events by any word in them, newest first.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ledgerline search '\"DROP TABLE\" kind:tool.call'"})
public final class SearchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Parameters(arity = "1..*", paramLabel = "QUERY", description = "In the query language.")
  private String[] query = {};

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
      Map<String, @Nullable Object> parameters = new HashMap<>();
      parameters.put("q", String.join(" ", query));
      parameters.put("limit", limit);
      parameters.put("cursor", cursor);
      JsonNode answer = api.get("/v1/search", parameters);
      if (json) {
        out.println(answer);
        return 0;
      }
      Table table = new Table("AT", "RUN", "SEQ", "AGENT", "KIND", "FOUND");
      for (JsonNode hit : answer.path("items")) {
        JsonNode event = hit.path("event");
        table.row(
            cell(event.path(event.path("occurred_at").isNull() ? "observed_at" : "occurred_at")),
            cell(event.path("run_id")),
            cell(event.path("seq")),
            cell(event.path("agent")),
            cell(event.path("kind")),
            hit.path("fragments").isEmpty()
                ? cell(event.path("summary"))
                : plain(hit.path("fragments").get(0).asText()));
      }
      table.print(out);
      More.mention(answer, spec.commandLine().getErr());
      return 0;
    }
  }

  /** A fragment is escaped for HTML; a terminal wants the text. */
  private static String plain(String fragment) {
    return fragment
        .replace("<mark>", "")
        .replace("</mark>", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }
}
