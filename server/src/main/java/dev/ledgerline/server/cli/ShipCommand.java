// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends what an agent prints. */
@Command(
    name = "ship",
    description = {
      "Send standard input, one record a line, in small batches as it arrives.",
      "While the server is away, input waits and nothing is lost or stored twice."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit code 1: some lines were rejected; stderr says why and the quarantine keeps them.",
      "Example: codex exec --json 'fix the build' | ledgerline ship -"
    })
public final class ShipCommand implements Callable<Integer> {
  /** Rejections that are printed one by one. */
  private static final int COMPLAINTS = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Parameters(paramLabel = "-", description = "Standard input.")
  private String input = "";

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      description = "How the records are written. Default: found out from them")
  private @Nullable String dialect;

  @Option(names = "--run", paramLabel = "ID", description = "Run of records that name none.")
  private @Nullable String run;

  @Option(names = "--thread", paramLabel = "ID", description = "Thread of records that name none.")
  private @Nullable String thread;

  @Option(names = "--agent", paramLabel = "ID", description = "Agent of records that name none.")
  private @Nullable String agent;

  @Option(names = "--task", paramLabel = "ID", description = "Task of records that name none.")
  private @Nullable String task;

  @Option(names = "--source", paramLabel = "NAME", description = "The deployment that sends.")
  private @Nullable String source;

  @Option(
      names = "--stream",
      paramLabel = "ID",
      description =
          "Name of this sequence of records: the same input under the same name is stored once."
              + " Default: a new one")
  private String stream = "ship-" + UUID.randomUUID();

  @Option(
      names = "--give-up-after",
      paramLabel = "SECONDS",
      description = "End with 3 when the server was away so long. Default: never")
  private long giveUpAfter = Long.MAX_VALUE;

  private final InputStream in;

  private long sent;
  private long stored;
  private long duplicates;
  private long rejected;

  /**
   * @param in standard input
   */
  public ShipCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!input.equals("-")) {
      throw Failure.usage("ship reads standard input: ledgerline ship - < " + input);
    }
    return ship();
  }

  private int ship() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    boolean interactive = Boolean.getBoolean("ledgerline.terminal"); // the launcher looks at stderr
    Lines lines = new Lines(in);
    try (Api api = connection.open()) {
      for (List<byte[]> batch = lines.batch(); !batch.isEmpty(); batch = lines.batch()) {
        deliver(api, batch);
        sent += batch.size();
        if (interactive) {
          err.print("\r" + sent + " records");
          err.flush();
        }
      }
    }
    err.printf(
        "%s%d records: %d stored, %d stored before, %d rejected%n",
        interactive ? "\r" : "", sent, stored, duplicates, rejected);
    err.flush();
    return rejected == 0 ? 0 : Failure.FINDING;
  }

  /** Sends until the server has answered for good. The offset makes it safe to send again. */
  private void deliver(Api api, List<byte[]> batch) throws InterruptedException {
    Backoff backoff = new Backoff();
    @Nullable Instant awaySince = null;
    while (true) {
      Duration pause = Duration.ZERO;
      String trouble;
      try {
        HttpResponse<byte[]> answer = api.post(path(), headers(), body(batch));
        if (answer.statusCode() == 202 || answer.statusCode() == 207) {
          count(JSON.readTree(answer.body()));
          return;
        }
        if (answer.statusCode() == 413 && batch.size() > 1) {
          deliver(api, batch.subList(0, batch.size() / 2));
          sent += batch.size() / 2;
          deliver(api, batch.subList(batch.size() / 2, batch.size()));
          sent -= batch.size() / 2;
          return;
        }
        trouble = message(answer);
        if (answer.statusCode() == 413 || answer.statusCode() == 400) {
          complain(sent, trouble);
          rejected += batch.size();
          return;
        }
        if (answer.statusCode() != 429 && answer.statusCode() < 500) {
          throw Failure.usage(trouble);
        }
        pause = retryAfter(answer);
      } catch (IOException e) {
        trouble = "the server does not answer";
      }
      Instant now = Instant.now();
      if (awaySince == null) {
        awaySince = now;
        PrintWriter err = spec.commandLine().getErr();
        err.println("ledgerline: " + Visible.line(trouble) + "; trying again, nothing is lost");
        err.flush();
      } else if (Duration.between(awaySince, now).toSeconds() >= giveUpAfter) {
        throw Failure.unreachable(
            trouble + "; gave up after " + sent + " records, stream " + stream);
      }
      backoff.pause(pause);
    }
  }

  private String path() {
    return dialect == null ? "/v1/events" : "/v1/dialects/" + Api.encode(dialect);
  }

  private Map<String, @Nullable String> headers() {
    Map<String, @Nullable String> headers = new HashMap<>();
    headers.put("Content-Type", "application/x-ndjson");
    headers.put("Ledgerline-Stream", Api.encode(stream));
    headers.put("Ledgerline-Offset", Long.toString(sent));
    headers.put("Ledgerline-Run", encoded(run));
    headers.put("Ledgerline-Thread", encoded(thread));
    headers.put("Ledgerline-Agent", encoded(agent));
    headers.put("Ledgerline-Task", encoded(task));
    headers.put("Ledgerline-Source", encoded(source));
    return headers;
  }

  private static @Nullable String encoded(@Nullable String id) {
    return id == null ? null : Api.encode(id);
  }

  private static byte[] body(List<byte[]> batch) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] line : batch) {
      body.writeBytes(line);
      body.write('\n');
    }
    return body.toByteArray();
  }

  private void count(JsonNode receipt) {
    stored += receipt.path("stored").asLong();
    duplicates += receipt.path("duplicates").asLong();
    for (JsonNode error : receipt.path("errors")) {
      complain(
          sent + error.path("index").asLong(),
          error.path("code").asText() + ": " + error.path("message").asText());
    }
    rejected += receipt.path("rejected").asLong();
  }

  private void complain(long record, String why) {
    if (rejected < COMPLAINTS) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("ledgerline: record " + record + " rejected: " + Visible.line(why));
      err.flush();
    }
  }

  private static String message(HttpResponse<byte[]> answer) throws IOException {
    try {
      return JSON.readTree(answer.body())
          .at("/error/message")
          .asText("the server answered " + answer.statusCode());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return "the server answered " + answer.statusCode();
    }
  }

  private static Duration retryAfter(HttpResponse<byte[]> answer) {
    try {
      return answer
          .headers()
          .firstValue("Retry-After")
          .map(seconds -> Duration.ofSeconds(Math.min(60, Long.parseLong(seconds))))
          .orElse(Duration.ZERO);
    } catch (NumberFormatException e) {
      return Duration.ZERO;
    }
  }
}
