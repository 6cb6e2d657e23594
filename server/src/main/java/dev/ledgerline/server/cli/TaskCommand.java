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

/** What became of one task. */
@Command(
    name = "task",
    description = "Show one task: why it is not done, its attempts, its retries audited.",
    mixinStandardHelpOptions = true)
public final class TaskCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Parameters(paramLabel = "TASK", description = "Its id, or what people call it.")
  private String task = "";

  @Option(names = "--source", paramLabel = "NAME", description = "Where two sources call one so.")
  private @Nullable String source;

  @Option(names = "--json", description = "Print the answer as JSON and nothing else.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Api api = connection.open()) {
      Map<String, @Nullable Object> which = new HashMap<>();
      which.put("source", source);
      JsonNode answer = api.get("/v1/tasks/" + Api.encode(task), which);
      if (json) {
        out.println(answer);
        return 0;
      }
      printHead(answer, out);
      printAttempts(answer, out);
      printRetries(answer, out);
      return 0;
    }
  }

  private static void printHead(JsonNode answer, PrintWriter out) {
    Table head = new Table("", "");
    head.row("task_id", cell(answer.path("task_id")));
    if (!cell(answer.path("identifier")).isEmpty()) {
      head.row("identifier", cell(answer.path("identifier")));
    }
    head.row("state", cell(answer.path("state")));
    Explanation.add(head, answer.path("why"));
    JsonNode time = answer.path("time");
    String between = Explanation.classes(time);
    head.row(
        "time",
        "in attempts "
            + Table.duration(time.path("in_runs_ms"))
            + (between.isEmpty() ? "" : ", between them: " + between));
    for (JsonNode finding : answer.path("findings")) {
      head.row(cell(finding.path("kind")), cell(finding.path("message")));
    }
    head.print(out);
  }

  private static void printAttempts(JsonNode answer, PrintWriter out) {
    if (answer.path("attempts").isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table("ATTEMPT", "STARTED", "ENDED", "STATE", "RUN", "REASON");
    for (JsonNode attempt : answer.path("attempts")) {
      table.row(
          cell(attempt.path("attempt")),
          cell(attempt.path("started_at")),
          cell(attempt.path("ended_at")),
          cell(attempt.path("state")),
          cell(attempt.path("run_id")),
          cell(attempt.path("reason")));
    }
    table.print(out);
  }

  private static void printRetries(JsonNode answer, PrintWriter out) {
    if (answer.path("retries").isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table("RETRY AT", "ATTEMPT", "DELAY", "EXPECTED", "LATE", "OK", "NOTE");
    for (JsonNode retry : answer.path("retries")) {
      JsonNode ok = retry.path("ok");
      JsonNode late = retry.path("late_ms");
      table.row(
          cell(retry.path("at")),
          cell(retry.path("attempt")),
          Table.duration(retry.path("delay_ms")),
          Table.duration(retry.path("expected_ms")),
          late.isNumber() ? late.asText() + "ms" : "",
          ok.isBoolean() ? (ok.asBoolean() ? "yes" : "no") : "?",
          cell(retry.path("note")));
    }
    table.print(out);
  }
}
