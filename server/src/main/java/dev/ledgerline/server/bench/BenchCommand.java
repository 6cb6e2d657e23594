// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import dev.ledgerline.server.cli.Api;
import dev.ledgerline.server.cli.Failure;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a server. */
@Command(
    name = "bench",
    description = {
      "Send events as fast as they are acknowledged, or at a rate, and say what that cost.",
      "Starts a server of its own in another process unless --url names one."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Exit code 1: --verify missed an acknowledged event or saw one twice."})
public final class BenchCommand implements Callable<Integer> {
  /** The index has so long to catch up. */
  private static final Duration CATCH_UP = Duration.ofMinutes(15);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--url", paramLabel = "URL", description = "A server that runs already.")
  private @Nullable URI url;

  @Option(names = "--api-key", paramLabel = "SECRET", description = "Key for it.")
  private @Nullable String key;

  @Option(names = "--pid", paramLabel = "PID", description = "Its process, to measure it too.")
  private @Nullable Long pid;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the own server, kept. Default: a new one here, deleted afterwards")
  private @Nullable Path data;

  @Option(names = "--clients", paramLabel = "N", description = "Connections. Default: 16")
  private int clients = 16;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Events in a request. Default: 100; spans: 512, as OpenTelemetry's SDKs send")
  private @Nullable Integer batchSize;

  @Option(names = "--otlp", description = "Send spans by OTLP/HTTP in protobuf instead of events.")
  private boolean otlp;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long to measure. Default: 20, or until --events are sent")
  private @Nullable Double seconds;

  @Option(names = "--events", paramLabel = "N", description = "How many events to send.")
  private @Nullable Long events;

  @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Before. Default: 5")
  private double warmUp = 5;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Events a second, whatever the server does (open loop). Default: closed loop")
  private double rate;

  @Option(
      names = "--pause-indexer",
      description = "Measure the log alone: the own server does not index.")
  private boolean pauseIndexer;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = {
        "Fill a topic of one partition at this broker with --events (default 1000000), then",
        "measure how fast an own server reads it."
      })
  private @Nullable String kafka;

  @Option(names = "--verify", description = "Afterwards read every acknowledged event back.")
  private boolean verify;

  @Option(names = "--seed", paramLabel = "N", description = "Other events. Default: from the clock")
  private long seed = System.currentTimeMillis() & 0xffff_ffffL;

  @Option(names = "--json", description = "Print the figures as JSON and nothing else.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    int batch = batch();
    if (otlp && verify) {
      throw Failure.usage("--verify looks for events, not for spans");
    }
    if (clients < 1 || clients > 1_000 || batch < 1 || batch > 10_000) {
      throw Failure.usage("--clients is 1 to 1000, --batch 1 to 10000");
    }
    if (url != null) {
      return measure(url, pid, null);
    }
    List<String> arguments = new ArrayList<>();
    if (pauseIndexer) {
      arguments.add("--index=false");
    }
    Path folder = data == null ? Files.createTempDirectory(Path.of("."), "bench-") : data;
    try {
      return kafka == null ? bench(folder, arguments) : benchKafka(kafka, folder, arguments);
    } finally {
      if (data == null) {
        delete(folder);
      }
    }
  }

  private int batch() {
    return batchSize != null ? batchSize : otlp ? 512 : 100;
  }

  private int bench(Path folder, List<String> arguments) throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(folder, arguments)) {
      return measure(server.url(), server.pid(), folder);
    }
  }

  private int benchKafka(String bootstrap, Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    KafkaLoad load =
        new KafkaLoad(bootstrap, new Workload(seed), events == null ? 1_000_000 : events);
    String topic = load.fill();
    arguments.add("--kafka=bootstrap=" + bootstrap + " topics=" + topic + " group=" + topic);
    try (ServerProcess server = ServerProcess.start(folder, arguments)) {
      load.measure(server.url(), spec.commandLine().getOut());
    } finally {
      load.clear(topic);
    }
    return 0;
  }

  private int measure(URI server, @Nullable Long process, @Nullable Path folder)
      throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    int batch = batch();
    Workload own = new Workload(seed);
    Requests workload = otlp ? new SpanWorkload(seed) : own;
    long perClient = events == null ? Long.MAX_VALUE / 2 : Math.ceilDiv(events, clients);
    Load load = new Load(workload, new Load.Plan(server, key, clients, batch, perClient, rate));
    double measure = seconds != null ? seconds : events != null ? 86_400 : 20;
    try (Api api = new Api(server, key)) {
      double warm = events == null ? warmUp : 0;
      if (warm == 0) {
        load.measureFromNow();
      }
      load.start();
      if (warm > 0) {
        err.println("warming up");
        err.flush();
        awaitEnd(load, warm);
        load.measureFromNow();
      }
      ServerProcess.Usage before = usage(process);
      Duration ownBefore = ownCpu();
      long acknowledgedBefore = load.acknowledgedEvents();
      long start = System.nanoTime();
      List<Lag.Sample> samples;
      try (Lag lag = new Lag(api)) {
        awaitEnd(load, measure);
        samples = lag.samples();
      }
      double took = (System.nanoTime() - start) / 1e9;
      long acknowledged = load.acknowledgedEvents() - acknowledgedBefore;
      ServerProcess.Usage during = usage(process);
      double ownCores = ownCpu().minus(ownBefore).toMillis() / 1e3 / took;
      load.stop();
      load.join();
      long lastAcknowledged = System.nanoTime();
      @Nullable Double caughtUp = pauseIndexer ? null : awaitIndexed(api, lastAcknowledged);
      ServerProcess.Usage after = usage(process);
      long total = load.acknowledgedEvents();
      double cpuSeconds = during.cpu().minus(before.cpu()).toMillis() / 1e3;
      double cpuToVisible = after.cpu().minus(before.cpu()).toMillis() * 1e3;
      Report report =
          new Report(
              new Report.Load(
                  seed,
                  clients,
                  batch,
                  took,
                  rate == 0 ? null : rate,
                  !pauseIndexer,
                  load.bodyBytes() / Math.max(1, total),
                  ownCores),
              Report.Acknowledged.of(acknowledged, took, load.sortedLatencies(), load.retries()),
              caughtUp,
              caughtUp == null ? null : acknowledged / (took + caughtUp / 1e3),
              samples,
              folder == null ? null : size(folder) / Math.max(1, total),
              process == null
                  ? null
                  : new Report.Server(
                      after.residentBytes(),
                      after.peakResidentBytes(),
                      cpuSeconds / took,
                      cpuToVisible / Math.max(1, total - acknowledgedBefore)),
              verify ? new Verification(api, own).check(load.acknowledged()) : null);
      if (json) {
        report.printJson(spec.commandLine().getOut());
      } else {
        report.print(spec.commandLine().getOut());
      }
      return report.verified() == null || report.verified().isGood() ? 0 : Failure.FINDING;
    }
  }

  private static void awaitEnd(Load load, double seconds) throws InterruptedException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (load.isRunning() && System.nanoTime() < end) {
      Thread.sleep(Math.clamp((end - System.nanoTime()) / 1_000_000, 1, 20));
    }
  }

  /** Milliseconds from then until nothing lags. */
  private static double awaitIndexed(Api api, long sinceNanos) throws InterruptedException {
    while (Lag.look(api, 0).events() > 0) {
      if (System.nanoTime() - sinceNanos > CATCH_UP.toNanos()) {
        throw new IllegalStateException("the index did not catch up in " + CATCH_UP);
      }
      Thread.sleep(20);
    }
    return (System.nanoTime() - sinceNanos) / 1e6;
  }

  private static ServerProcess.Usage usage(@Nullable Long pid) {
    return pid == null ? new ServerProcess.Usage(0, 0, Duration.ZERO) : ServerProcess.Usage.of(pid);
  }

  private static Duration ownCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /**
   * Bytes of a folder in which the server goes on sealing and merging: files may go while we look.
   */
  private static long size(Path folder) throws IOException {
    long[] bytes = {0};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path gone, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
