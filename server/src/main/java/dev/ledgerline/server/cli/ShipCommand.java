// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import dev.ledgerline.collector.file.Batch;
import dev.ledgerline.collector.file.Follower;
import dev.ledgerline.collector.file.Joining;
import dev.ledgerline.collector.file.StateFolder;
import dev.ledgerline.log.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends what agents print and write into files. */
@Command(
    name = "ship",
    description = {
      "Send logs while they are being written: files, folders, or standard input.",
      "Files are followed until Ctrl-C, through rotation, truncation and restarts of this command.",
      "While the server is away, records wait and nothing is lost or stored twice."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "In folders, what ends in .log, .jsonl or .ndjson is followed; rotated and compressed, too.",
      "Exit code 1: some records were rejected; stderr says why and the quarantine keeps them.",
      "Example: codex exec --json 'fix the build' | ledgerline ship -",
      "Example: ledgerline ship --source mill /var/log/symphony"
    })
public final class ShipCommand implements Callable<Integer> {
  /** Between two questions whether there is something new. */
  private static final Duration NAP = Duration.ofMillis(20);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();
  @Mixin private RecordOptions told = new RecordOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR|-",
      description = "What to send; - is standard input, to its end.")
  private List<String> inputs = List.of();

  @Option(names = "--once", description = "Send what is there and end. Default: follow files")
  private boolean once;

  @Option(names = "--source", paramLabel = "NAME", description = "The deployment that sends.")
  private @Nullable String source;

  @Option(
      names = "--stream",
      paramLabel = "ID",
      description =
          "Name of this sequence of records: the same input under the same name is stored once."
              + " Default: a new one for standard input; files have names of their own")
  private @Nullable String stream;

  @Option(
      names = "--multiline",
      paramLabel = "REGEX|none",
      description =
          "Lines that match begin a record, all others continue it; none: each line is a record."
              + " Default: indented lines and stack traces continue a line of text")
  private @Nullable String multiline;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Where to remember how far files are sent. Default: a folder for these inputs and this"
              + " server below $XDG_STATE_HOME/ledgerline")
  private @Nullable Path state;

  @Option(
      names = "--give-up-after",
      paramLabel = "SECONDS",
      description = "End with 3 when the server was away so long. Default: never")
  private @Nullable Long giveUpAfter;

  @Option(names = "--json", description = "Print a summary as JSON at the end and nothing else.")
  private boolean json;

  private final InputStream in;

  /** The launcher looks at stderr. */
  private final boolean interactive = Boolean.getBoolean("ledgerline.terminal");

  /**
   * @param in standard input
   */
  public ShipCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    boolean piped = inputs.contains("-");
    if (piped && inputs.size() > 1) {
      throw Failure.usage("standard input (-) is shipped alone");
    }
    Joining joining = joining();
    try (Api api = connection.open()) {
      return piped ? shipInput(api, joining) : shipUntilTold(api, joining);
    }
  }

  private int shipInput(Api api, Joining joining) throws IOException, InterruptedException {
    String name = stream == null ? "ship-" + UUID.randomUUID() : stream;
    Lines lines = new Lines(in, joining);
    Shipper shipper = shipper(api, () -> {});
    for (List<byte[]> batch = lines.batch(); !batch.isEmpty(); batch = lines.batch()) {
      shipper.send("", name, shipper.sent(), batch);
      progress(shipper.sent() + " records");
    }
    return end(shipper);
  }

  private int shipUntilTold(Api api, Joining joining) throws IOException, InterruptedException {
    Goodbye goodbye = new Goodbye();
    int exitCode = Failure.FINDING;
    try {
      exitCode = shipFiles(api, joining, goodbye);
    } finally {
      goodbye.ended(exitCode);
    }
    return exitCode;
  }

  private int shipFiles(Api api, Joining joining, Goodbye goodbye)
      throws IOException, InterruptedException {
    List<Path> paths = inputs.stream().map(Path::of).toList();
    missing(paths);
    PrintWriter err = spec.commandLine().getErr();
    try (StateFolder folder = StateFolder.open(stateFolder(api, paths))) {
      if (folder == null) {
        throw Failure.usage(
            "another shipper sends these; end it, or give this one its own --state");
      }
      try (Follower follower =
          new Follower(
              paths,
              new Follower.Settings(joining, stream, host()),
              folder,
              notice -> {
                err.println("ledgerline: " + Visible.line(notice));
                err.flush();
              },
              System::nanoTime)) {
        Shipper shipper = shipper(api, () -> lookUnlessTold(follower, goodbye));
        try {
          follow(follower, shipper, goodbye);
        } catch (InterruptedException e) {
          if (!goodbye.isTold()) {
            throw e;
          }
          // what was being sent will be sent again, under the same numbers
        }
        return end(shipper);
      }
    }
  }

  private void follow(Follower follower, Shipper shipper, Goodbye goodbye)
      throws IOException, InterruptedException {
    int idle = 0; // looks that found nothing, one after the other
    while (!goodbye.isTold() && !(once && idle > 2)) {
      if (follower.look()) {
        idle++;
      }
      Batch batch = follower.next(once);
      if (batch == null) {
        follower.settle();
        Thread.sleep(NAP);
        continue;
      }
      idle = 0;
      follower.begin(batch);
      shipper.send(
          follower.logs() == 1 ? "" : batch.log(), batch.stream(), batch.first(), batch.records());
      follower.done(batch);
      progress(shipper.sent() + " records of " + follower.logs() + " logs");
    }
  }

  /** An interrupt would break into the writing of a cursor; a flag does not. */
  private static void lookUnlessTold(Follower follower, Goodbye goodbye)
      throws IOException, InterruptedException {
    if (goodbye.isTold()) {
      throw new InterruptedException("told to stop");
    }
    follower.look();
  }

  private void missing(List<Path> paths) throws IOException {
    for (Path path : paths) {
      if (!Files.exists(path) && !Follower.isThere(path)) {
        if (once) {
          throw Failure.usage("there is no " + path);
        }
        spec.commandLine().getErr().println("ledgerline: waiting for " + Visible.line("" + path));
        spec.commandLine().getErr().flush();
      }
    }
  }

  private Joining joining() {
    if (multiline == null) {
      return Joining.USUAL;
    }
    if (multiline.equals("none")) {
      return Joining.NONE;
    }
    try {
      return Joining.beginningWith(Pattern.compile(multiline));
    } catch (PatternSyntaxException e) {
      throw Failure.usage("--multiline is no regular expression: " + e.getDescription());
    }
  }

  private Shipper shipper(Api api, Shipper.Meanwhile meanwhile) {
    String dialect = told.dialect();
    Map<String, @Nullable String> headers = new HashMap<>();
    Entry.Headers ids = told.headers();
    headers.put("Ledgerline-Run", encoded(ids.run()));
    headers.put("Ledgerline-Thread", encoded(ids.thread()));
    headers.put("Ledgerline-Agent", encoded(ids.agent()));
    headers.put("Ledgerline-Task", encoded(ids.task()));
    headers.put("Ledgerline-Source", encoded(source));
    return new Shipper(
        api,
        dialect == null ? "/v1/events" : "/v1/dialects/" + Api.encode(dialect),
        headers,
        spec.commandLine().getErr(),
        giveUpAfter == null ? Duration.ofDays(36_500) : Duration.ofSeconds(giveUpAfter),
        meanwhile);
  }

  private static @Nullable String encoded(@Nullable String id) {
    return id == null ? null : Api.encode(id);
  }

  private void progress(String text) {
    if (interactive) {
      spec.commandLine().getErr().print("\r" + text);
      spec.commandLine().getErr().flush();
    }
  }

  private int end(Shipper shipper) {
    PrintWriter err = spec.commandLine().getErr();
    err.println((interactive ? "\r" : "") + shipper.summary());
    err.flush();
    if (json) {
      spec.commandLine().getOut().println(shipper.json());
    }
    return shipper.rejected() == 0 ? 0 : Failure.FINDING;
  }

  /** Other inputs, another server or another source: another memory. */
  private Path stateFolder(Api api, List<Path> paths) {
    if (state != null) {
      return state;
    }
    StringBuilder what = new StringBuilder().append(api.base()).append('\n').append(source);
    what.append('\n').append(stream);
    paths.stream()
        .map(path -> path.toAbsolutePath().normalize().toString())
        .sorted()
        .forEach(path -> what.append('\n').append(path));
    UUID name = UUID.nameUUIDFromBytes(what.toString().getBytes(StandardCharsets.UTF_8));
    return states().resolve("ledgerline").resolve("ship").resolve(name.toString());
  }

  private static Path states() {
    for (String variable : List.of("XDG_STATE_HOME", "LOCALAPPDATA")) {
      String folder = System.getenv(variable);
      if (folder != null && !folder.isBlank()) {
        return Path.of(folder);
      }
    }
    return Path.of(System.getProperty("user.home"), ".local", "state");
  }

  /** What this machine is called, without asking the network. */
  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      for (String variable : List.of("COMPUTERNAME", "HOSTNAME")) {
        String name = System.getenv(variable);
        if (name != null) {
          return name;
        }
      }
      return "";
    }
  }
}
