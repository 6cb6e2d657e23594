// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import static dev.ledgerline.server.cli.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What one run did. */
@Command(
    name = "run",
    description =
        "Show one run: its summary, its verdict, why it is not done, its time, its events.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:what its state machine allows, or nobody can tell",
      "1:a violation",
      "2:wrong usage, or no such run",
      "3:the server cannot be reached"
    })
public final class RunCommand implements Callable<Integer> {
  /** Characters of a line about what is not known. */
  private static final int WIDEST = 200;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Parameters(paramLabel = "RUN", description = "Its id.")
  private String run = "";

  @Option(names = "--source", paramLabel = "NAME", description = "Where two sources use this id.")
  private @Nullable String source;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Events to show, 1000 the most. Default: 100")
  private int limit = 100;

  @Option(names = "--after", paramLabel = "SEQ", description = "Events after this one only.")
  private long after;

  @Option(
      names = "--json",
      description =
          "Print {\"run\", \"verdict\", \"why\", \"time\", \"waits\", \"events\"} as JSON and nothing"
              + " else.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Api api = connection.open()) {
      String path = "/v1/runs/" + Api.encode(run);
      Map<String, @Nullable Object> which = new HashMap<>();
      which.put("source", source);
      JsonNode summary = api.get(path, which);
      JsonNode verdict = api.get(path + "/verdict", which);
      JsonNode why = api.get(path + "/why", which);
      JsonNode time = api.get(path + "/time", which);
      JsonNode waits = api.get(path + "/waits", which);
      which.put("limit", limit);
      which.put("after", after);
      JsonNode events = api.get(path + "/events", which);
      if (json) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.set("run", summary);
        all.set("verdict", verdict);
        all.set("why", why);
        all.set("time", time);
        all.set("waits", waits);
        all.set("events", events);
        out.println(all);
      } else {
        print(summary, verdict, why, time, waits, events, out);
        More.mention(events, spec.commandLine().getErr());
      }
      return verdict.path("result").asText().equals("violated") ? 1 : 0;
    }
  }

  private static void print(
      JsonNode summary,
      JsonNode verdict,
      JsonNode why,
      JsonNode time,
      JsonNode waits,
      JsonNode events,
      PrintWriter out) {
    Table head = new Table("", "");
    for (String field :
        new String[] {
          "run_id",
          "title",
          "state",
          "reason",
          "agent",
          "source",
          "thread_id",
          "task_id",
          "started_at",
          "ended_at",
          "events",
          "steps",
          "errors",
          "tool_calls"
        }) {
      String value = cell(summary.path(field));
      if (!value.isEmpty()) {
        head.row(field, value);
      }
    }
    head.row("duration", Table.duration(summary.path("duration_ms")));
    head.row("tokens", cell(summary.at("/usage/total_tokens")));
    head.row("time", Explanation.classes(time));
    Explanation.add(head, why);
    head.row("verdict", cell(verdict.path("result")) + " by " + cell(verdict.path("machine")));
    head.print(out);
    print(verdict, out);
    if (!waits.path("items").isEmpty()) {
      out.println();
      Table table = new Table("WAIT", "OPENED", "RESOLVED", "OUTCOME", "PROMPT");
      for (JsonNode wait : waits.path("items")) {
        table.row(
            cell(wait.path("kind")),
            cell(wait.path("opened_at")),
            cell(wait.path("resolved_at")),
            cell(wait.path("outcome")),
            cell(wait.path("prompt")));
      }
      table.print(out);
    }
    out.println();
    Table table = new Table("SEQ", "AT", "AGENT", "KIND", "WHAT");
    for (JsonNode event : events.path("items")) {
      table.row(EventRow.cells(event));
    }
    table.print(out);
  }

  private static void print(JsonNode verdict, PrintWriter out) {
    JsonNode violations = verdict.path("violations");
    if (!violations.isEmpty()) {
      out.println();
      Table table = new Table("SEQ", "VIOLATION", "CLAUSE", "SEEN", "EXPECTED");
      for (JsonNode violation : violations) {
        List<String> expected = new ArrayList<>();
        violation.path("expected").forEach(one -> expected.add(one.asText()));
        table.row(
            cell(violation.path("seq")),
            cell(violation.path("message")),
            cell(violation.path("clause")),
            cell(violation.path("seen")),
            String.join(", ", expected));
      }
      table.print(out);
      int more = verdict.path("violation_count").asInt() - violations.size();
      if (more > 0) {
        out.println("and " + more + " more");
      }
    }
    if (!verdict.path("unknown").isEmpty()) {
      out.println();
      out.println("NOT KNOWN");
      verdict.path("unknown").forEach(one -> out.println(Visible.line(one.asText(), WIDEST)));
    }
  }
}
