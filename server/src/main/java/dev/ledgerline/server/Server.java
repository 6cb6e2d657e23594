// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.Ledger;
import dev.ledgerline.collector.Redaction;
import dev.ledgerline.collector.ResumeTokens;
import dev.ledgerline.collector.dialect.Dialects;
import dev.ledgerline.collector.dialect.symphony.TrackerStates;
import dev.ledgerline.collector.http.IngestRoutes;
import dev.ledgerline.collector.kafka.KafkaSettings;
import dev.ledgerline.collector.kafka.KafkaSource;
import dev.ledgerline.collector.scrape.SymphonyScrapes;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.indexer.Indexer;
import dev.ledgerline.indexer.RunReader;
import dev.ledgerline.indexer.lucene.LuceneRunStore;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.LocalStorage;
import dev.ledgerline.otel.export.Exporter;
import dev.ledgerline.otel.export.Settings;
import dev.ledgerline.otel.export.Target;
import dev.ledgerline.otel.receive.OtlpDialect;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.answer.Answers;
import dev.ledgerline.query.compat.JaegerRoutes;
import dev.ledgerline.query.http.AnswerRoutes;
import dev.ledgerline.query.http.QueryRoutes;
import dev.ledgerline.query.mcp.McpRoutes;
import dev.ledgerline.server.grpc.GrpcExports;
import dev.ledgerline.server.http.ApiKeys;
import dev.ledgerline.server.http.Door;
import dev.ledgerline.server.http.Tls;
import dev.ledgerline.server.otlp.OtlpExports;
import dev.ledgerline.server.otlp.OtlpHttp;
import dev.ledgerline.server.telemetry.OwnTelemetry;
import dev.ledgerline.web.WebUi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process with everything in it: opened from the log upwards, closed from the door down. */
final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private static final String OTLP = "OTLP/HTTP";
  private static final String GRPC = "OTLP/gRPC";

  /** A question is given up after that. */
  private static final Duration QUESTION = Duration.ofSeconds(10);

  /** How often Ledgerline reports on itself, where it does. */
  private static final Duration REPORTS = Duration.ofSeconds(5);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Runs runs;
  private final boolean waitsForIndex;
  private final Door door;

  static Server open(Config config) throws IOException {
    return new Server(config);
  }

  private Server(Config config) throws IOException {
    InstantSource clock = InstantSource.system();
    try {
      Path data = folder(config.data());
      FileLog log = opened(openLog(config, data, clock));

      if (config.rebuild()) {
        Folders.delete(data.resolve("index"));
      }
      LuceneRunStore store = openStore(config, data, log, clock);
      @Nullable Indexer indexer =
          config.index() ? Indexer.start(log, store, Indexer.Settings.DEFAULT) : null;
      opened(indexer == null ? store : indexer); // which closes the store

      @Nullable ResumeTokens tokens =
          config.answers().needTokens()
              ? opened(ResumeTokens.open(data.resolve("resume-tokens")))
              : null;
      @Nullable OwnTelemetry telemetry =
          config.ownTelemetry() == null
              ? null
              : opened(new OwnTelemetry(config.ownTelemetry(), Version.get(), REPORTS));
      List<Dialect> dialects = dialects(config.trackerStates());
      Collector collector =
          opened(
              new Collector(
                  telemetry == null ? log : telemetry.measured(log),
                  dialects,
                  config.limits(),
                  redaction(config, data, tokens),
                  clock));
      collector.recover(data.resolve("collector"));
      Admission admission = admission(config);

      this.runs =
          new Runs(store, log, clock, QUESTION, () -> inFlight(collector), Version.get(), dialects);
      List<KafkaSource> topics = new ArrayList<>();
      for (KafkaSettings settings : config.kafka()) {
        topics.add(opened(KafkaSource.start(settings, collector, admission)));
      }
      List<Exporter> exporters = new ArrayList<>();
      for (Target target : config.exports()) {
        exporters.add(opened(exporter(config, target, data, log, clock)));
      }
      SymphonyScrapes scrapes =
          opened(
              SymphonyScrapes.start(
                  config.scraping().targets(), config.scraping().interval(), collector));
      Gauges gauges = new Gauges(log, indexer, admission, topics, exporters, scrapes.all());
      if (telemetry != null) {
        telemetry.watch(gauges::metrics);
      }
      QueryRoutes questions =
          new QueryRoutes(
              runs,
              List.copyOf(collector.dialects()),
              gauges::metrics,
              gauges::troubles,
              gauges::exports);
      IngestRoutes ingest =
          new IngestRoutes(collector, admission, Door::keyName, id -> quarantined(store, id));
      OtlpExports exports = new OtlpExports(collector, admission, clock);
      Answers answers =
          opened(
              new Answers(
                  runs,
                  collector,
                  config.answers(),
                  wait -> tokens == null ? null : tokens.of(wait),
                  clock));
      AnswerRoutes answering = new AnswerRoutes(runs, answers, Door::keyName);
      WebUi ui = opened(new WebUi(runs, clock, this::url));

      this.door =
          opened(
              Door.open(
                  address(config),
                  ports(config),
                  config.grpcPort() == null
                      ? List.of(new OtlpHttp(exports))
                      : List.of(new GrpcExports(exports), new OtlpHttp(exports)),
                  List.of(
                      telemetry == null ? _ -> {} : telemetry::register,
                      questions::register,
                      ingest::register,
                      answering::register,
                      new JaegerRoutes(runs, clock)::register,
                      new McpRoutes(questions.questions(), Version.get())::register,
                      javalin -> javalin.jetty.modifyServletContextHandler(ui::mount))));
      this.waitsForIndex = config.index();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  String url() {
    return door.url();
  }

  /** Waits until questions see everything that was in the log when it was opened. */
  void awaitReady() throws InterruptedException {
    while (waitsForIndex && !runs.awaitReady(QUESTION)) {
      LOG.info("reading the log into the index: {}", runs.progress());
    }
  }

  /** OTLP's own port for HTTP, null where it is not open. */
  @Nullable Integer otlpPort() {
    return door.port(OTLP);
  }

  /** OTLP's own port for gRPC, null where it is not open. */
  @Nullable Integer grpcPort() {
    return door.port(GRPC);
  }

  private static List<Door.Beside> ports(Config config) {
    List<Door.Beside> ports = new ArrayList<>();
    if (config.otlpPort() != null) {
      ports.add(new Door.Beside(OTLP, config.otlpPort()));
    }
    if (config.grpcPort() != null) {
      ports.add(new Door.Beside(GRPC, config.grpcPort()));
    }
    return ports;
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  private static Path folder(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      Files.createDirectories(
          data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return data;
  }

  private static FileLog openLog(Config config, Path data, InstantSource clock) throws IOException {
    FileLogOptions options =
        FileLogOptions.defaults()
            .withRetention(config.retainBytes(), config.retain())
            .withClock(clock);
    return FileLog.open(data.resolve("log"), options, new LocalStorage());
  }

  private static LuceneRunStore openStore(
      Config config, Path data, EventLog log, InstantSource clock) throws IOException {
    LuceneRunStore.Settings usual = LuceneRunStore.Settings.DEFAULT;
    return LuceneRunStore.open(
        data.resolve("index"),
        log,
        new LuceneRunStore.Settings(usual.maxLiveRuns(), usual.maxLiveEvents(), config.silence()),
        clock);
  }

  private static Exporter exporter(
      Config config, Target target, Path data, EventLog log, InstantSource clock)
      throws IOException {
    try {
      return Exporter.start(
          log,
          target,
          data.resolve("export"),
          Settings.DEFAULT.withSilence(config.silence().lost().usual()),
          Version.get(),
          clock);
    } catch (BadQueryException e) {
      throw new IOException(e); // it was parsed with the other settings
    }
  }

  private static Admission admission(Config config) {
    Long inFlight = config.maxInFlightBytes();
    return new Admission(
        inFlight == null ? Admission.defaultBudgetBytes(config.limits()) : inFlight,
        config.limits().admissionWait());
  }

  private static Map<String, Long> inFlight(Collector collector) {
    return collector.ledger().accounts().stream()
        .collect(Collectors.toMap(Ledger.Account::source, Ledger.Account::inFlight));
  }

  private static Entry.@Nullable Refused quarantined(RunReader store, String id) {
    try {
      RunReader.Quarantined found = store.quarantined(id);
      return found == null ? null : found.entry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that are understood, in the order in which they may claim a record. */
  static List<Dialect> dialects(TrackerStates trackerStates) {
    List<Dialect> dialects = new ArrayList<>(Dialects.standard(trackerStates).inOrder());
    dialects.add(new OtlpDialect());
    return dialects;
  }

  private static Redaction redaction(Config config, Path data, @Nullable ResumeTokens tokens)
      throws IOException {
    Redaction redaction = redaction(config, data);
    return tokens == null ? redaction : redaction.keeping(tokens);
  }

  private static Redaction redaction(Config config, Path data) throws IOException {
    String rules = config.redact();
    if ("off".equals(rules)) {
      return Redaction.off();
    }
    byte[] key = Redaction.keyIn(data.resolve("redaction.key"));
    return rules == null
        ? Redaction.on(key)
        : Redaction.on(key, Files.readAllLines(Path.of(rules)));
  }

  private static Door.Address address(Config config) throws IOException {
    return new Door.Address(
        config.host(),
        config.port(),
        config.isLoopback(),
        config.trustProxy(),
        config.tls() == null ? null : new Tls(config.tls().certificate(), config.tls().key()),
        config.apiKeys() == null ? null : ApiKeys.read(config.apiKeys()));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IOException("not everything could be closed well", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
