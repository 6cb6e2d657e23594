// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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

/** Events as they come. */
@Command(
    name = "tail",
    description = "Print events as they arrive, until Ctrl-C.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ledgerline tail agent:coder kind:error"})
public final class TailCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Parameters(arity = "0..*", paramLabel = "QUERY", description = "Fields of events only.")
  private String[] query = {};

  @Option(
      names = "--since",
      paramLabel = "POSITION",
      description = "Begin after this position; 0 is everything. Default: now")
  private @Nullable String since;

  @Option(names = "--count", paramLabel = "N", description = "End after so many events.")
  private long count = Long.MAX_VALUE;

  @Option(names = "--json", description = "Print each event as a line of JSON and nothing else.")
  private boolean json;

  private long printed;

  @Override
  public Integer call() throws InterruptedException {
    Backoff backoff = new Backoff();
    try (Api api = connection.open()) {
      boolean reached = false;
      while (true) {
        try (EventStream events = open(api)) {
          reached = true;
          backoff.reset();
          if (follow(events)) {
            return 0;
          }
        } catch (IOException e) {
          if (!reached) {
            throw api.unreachable();
          }
        }
        spec.commandLine().getErr().println("The stream ended; connecting again.");
        spec.commandLine().getErr().flush();
        backoff.pause();
      }
    }
  }

  private EventStream open(Api api) throws IOException, InterruptedException {
    Map<String, @Nullable Object> parameters = new HashMap<>();
    parameters.put("q", String.join(" ", query));
    parameters.put("since", since);
    return api.stream("/v1/tail", parameters);
  }

  /** Prints what comes; true when it was enough, false when the stream ended. */
  private boolean follow(EventStream events) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ObjectMapper mapper = new ObjectMapper();
    for (EventStream.@Nullable Message message = events.next();
        message != null;
        message = events.next()) {
      since = message.id() == null ? since : message.id();
      if (message.event().equals("gap")) {
        spec.commandLine().getErr().println("Too slow: missed " + Visible.line(message.data()));
        spec.commandLine().getErr().flush();
      } else if (message.event().equals("event")) {
        JsonNode event = mapper.readTree(message.data());
        out.println(json ? event.toString() : line(event));
        out.flush();
        printed++;
        if (printed >= count) {
          return true;
        }
      }
    }
    return false;
  }

  private static String line(JsonNode event) {
    String[] cells = EventRow.cells(event);
    return Visible.line(
        "%s  %s  %s  %s  %s"
            .formatted(cells[1], Table.cell(event.path("run_id")), cells[2], cells[3], cells[4]));
  }
}
