package dev.ledgerline.collector;

import dev.ledgerline.collector.dialect.AgentProtocolDialect;
import dev.ledgerline.collector.dialect.Dialects;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.FileLog;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a record of about 1 KiB costs on its way into the log, all together and stage by stage. A
 * program to run by hand: {@code CollectorBenchmark FOLDER SECONDS}; its figures stand in docs.
 */
public final class CollectorBenchmark {
  private static final int BATCH = 100;
  private static final int SENDERS = 8;
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String TEXT =
      "the planner asked the coder to look at src/main/java and to run the tests again; it found 3"
          + " failures in RunFoldTest, all of them about waits that are opened twice. ";

  private CollectorBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path folder = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("collector");
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 8;
    stages();
    flatOut(folder, seconds);
  }

  private static void flatOut(Path folder, int seconds) throws Exception {
    try (FileLog log = FileLog.open(folder.resolve("log"));
        Collector collector =
            new Collector(
                log,
                Dialects.standard().inOrder(),
                Limits.DEFAULT,
                Redaction.on(new byte[32]),
                InstantSource.system())) {
      collector.recover(folder.resolve("collector"));
      AtomicLong next = new AtomicLong(System.nanoTime());
      for (int round = 1; round <= 3; round++) {
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
          long cpu = cpuNanos();
          long start = System.nanoTime();
          long end = start + seconds * 1_000_000_000L;
          List<Future<Long>> sent = new ArrayList<>();
          for (int i = 0; i < SENDERS; i++) {
            Origin origin = new Origin("bench-" + i % 4, null, null, Entry.Headers.NONE);
            sent.add(
                senders.submit(
                    () -> {
                      long events = 0;
                      while (System.nanoTime() < end) {
                        byte[] body = batch(next.getAndAdd(BATCH));
                        collector.take(
                            new Delivery(
                                body, body.length, RecordFormat.JSON_LINES, null, origin, false));
                        events += BATCH;
                      }
                      return events;
                    }));
          }
          long events = 0;
          for (Future<Long> each : sent) {
            events += each.get();
          }
          print(
              "round %d: %,d events/s, %.2f us of CPU each, making the batches included",
              round,
              events * 1_000_000_000L / (System.nanoTime() - start),
              (cpuNanos() - cpu) / 1e3 / events);
        }
      }
    }
    long start = System.nanoTime();
    try (FileLog log = FileLog.open(folder.resolve("log"));
        Collector collector =
            new Collector(
                log,
                Dialects.standard().inOrder(),
                Limits.DEFAULT,
                Redaction.off(),
                InstantSource.system())) {
      long opened = System.nanoTime();
      collector.recover(folder.resolve("collector"));
      print(
          "restart with %,d entries: log %d ms, collector %d ms",
          log.end().number(),
          (opened - start) / 1_000_000,
          (System.nanoTime() - opened) / 1_000_000);
    }
  }

  /** One thread, one stage after the other, each over the same records. */
  private static void stages() throws Exception {
    byte[] body = batch(0);
    RecordSplitter splitter = new RecordSplitter(Limits.DEFAULT);
    Redaction redaction = Redaction.on(new byte[32]);
    RecordReader reader = new RecordReader(Limits.DEFAULT, redaction);
    RecordReader parser = new RecordReader(Limits.DEFAULT, Redaction.off());
    AgentProtocolDialect dialect = new AgentProtocolDialect();
    Memory memory = new DialectMemory(() -> 10).changes().view("s", "d");
    Context context = new Context("s", null, null, null, null, null, null, NOW);
    List<Piece> pieces = splitter.split(body, body.length, RecordFormat.JSON_LINES).list();
    List<RawRecord> records = pieces.stream().map(p -> reader.read(p).record()).toList();
    List<Entry> entries =
        records.stream().map(r -> entry(r, (Decoded.Drafts) dialect.decode(r, context, memory))).toList();
    RecentIds ids = new RecentIds(5_000_000);
    stage("make a batch (not the collector's)", () -> batch(7).length);
    stage("split", () -> splitter.split(body, body.length, RecordFormat.JSON_LINES).list().size());
    stage(
        "utf-8",
        () -> {
          int sum = 0;
          for (Piece p : pieces) {
            sum += Utf8.invalidAt(p.in(), p.from(), p.to());
          }
          return sum;
        });
    stage(
        "redact and copy",
        () -> {
          int sum = 0;
          for (Piece p : pieces) {
            sum += redaction.clean(p.in(), p.from(), p.to()).length;
          }
          return sum;
        });
    stage(
        "read without redaction (parse)",
        () -> {
          int sum = 0;
          for (Piece p : pieces) {
            sum += parser.read(p).record().bytes().length;
          }
          return sum;
        });
    stage(
        "claim and decode",
        () -> {
          int sum = 0;
          for (RawRecord r : records) {
            sum += dialect.claims(r) && dialect.decode(r, context, memory) != null ? 1 : 0;
          }
          return sum;
        });
    stage(
        "hash",
        () -> {
          long sum = 0;
          for (RawRecord r : records) {
            sum += Bytes.hash(r.bytes());
          }
          return sum;
        });
    long[] n = {0};
    stage(
        "name, decide and remember the id",
        () -> {
          long sum = 0;
          for (int i = 0; i < BATCH; i++) {
            EventId id = EventId.named("source", "agent-protocol", "r-" + n[0] + "/n" + n[0]++);
            sum += ids.decide(id, 1) == RecentIds.Decision.NEW ? 1 : 0;
            ids.add(id, 1);
          }
          return sum;
        });
    stage(
        "encode",
        () -> {
          int sum = 0;
          for (Entry entry : entries) {
            sum += EntryCodec.encode(entry).length;
          }
          return sum;
        });
  }

  private static Entry entry(RawRecord record, Decoded.Drafts drafts) {
    EventId id = EventId.named("a");
    List<Event> events =
        drafts.drafts().stream()
            .map(
                d ->
                    new Event(
                        id, "s", "agent-protocol", d.nativeType(), d.nativeId(), d.scope(),
                        d.occurredAt(), NOW, d.timeQuality(), d.order(), d.fact(), d.flags(),
                        d.summary()))
            .toList();
    return new Entry.Recorded(
        "s", "agent-protocol", id, 1, null, null, NOW, false, Entry.Headers.NONE, record.bytes(), events);
  }

  private interface Stage {
    long run() throws Exception;
  }

  private static void stage(String name, Stage stage) throws Exception {
    long sum = 0;
    double best = Double.MAX_VALUE;
    for (int round = 0; round < 6; round++) {
      long start = System.nanoTime();
      int runs = 0;
      while (System.nanoTime() - start < 250_000_000L) {
        sum += stage.run();
        runs++;
      }
      best = Math.min(best, (System.nanoTime() - start) / 1e3 / runs / BATCH);
    }
    print("%-36s %6.2f us per record (%d)", name, best, sum & 1);
  }

  private static byte[] batch(long first) {
    StringBuilder lines = new StringBuilder(BATCH * 1_100);
    for (long i = first; i < first + BATCH; i++) {
      lines
          .append("{\"id\":\"").append(i)
          .append("\",\"run_id\":\"run-").append(i / 1_000)
          .append("\",\"thread_id\":\"thread-").append(i / 5_000)
          .append("\",\"type\":\"ToolResult\",\"agent\":\"coder\",\"role\":\"assistant\",\"depth\":1,")
          .append("\"timestamp\":\"2026-11-21T12:00:00.123Z\",\"name\":\"shell\",\"tool_call_id\":\"call-").append(i)
          .append("\",\"usage\":{\"input_tokens\":1200,\"output_tokens\":35},\"text_result\":\"")
          .append(TEXT).append(TEXT).append(TEXT).append(TEXT)
          .append("\"}\n");
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  @SuppressWarnings("SystemOut")
  private static void print(String format, Object... args) {
    System.out.println(String.format(Locale.ROOT, format, args));
  }
}
