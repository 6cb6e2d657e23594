// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.indexer.lucene.LuceneRunStore;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.FileLog;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How fast entries are indexed: {@code IndexerBenchmark FOLDER EVENTS [TEXT_FOLDER]}. Writes events
 * of agent runs (2,000 interleaved runs; records of about 1.1 KiB; text from the files of a folder
 * if one is given, else made-up words with the frequencies of natural text) to a log and then
 * indexes them from its start.
 */
public final class IndexerBenchmark {
  private static final int RUNS = 2_000;
  private static final int EVENTS_OF_RUN = 50;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Random random = new Random(42);
  private final List<String> lines;
  private final int[] told = new int[RUNS];
  private long runs;
  private final long[] run = new long[RUNS];
  private long bytes;

  private IndexerBenchmark(List<String> lines) {
    this.lines = lines;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int events = Integer.parseInt(args[1]);
    boolean twins = Boolean.getBoolean("twins");
    IndexerBenchmark benchmark =
        new IndexerBenchmark(args.length > 2 ? lines(Path.of(args[2])) : madeUp());
    try (FileLog log = Story.openLog(folder.resolve("log"))) {
      if (log.end().number() == 0) {
        benchmark.write(log, events, twins);
      }
      for (int round = 0; round < Integer.getInteger("rounds", 2); round++) {
        index(log, folder.resolve("index-" + round + "-" + System.nanoTime()));
      }
    }
  }

  private static List<String> lines(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(md|java|py|txt)")).toList()) {
        lines.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
      }
    }
    return lines.stream().filter(line -> line.length() > 10).toList();
  }

  private static List<String> madeUp() {
    Random random = new Random(7);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      words.add(Long.toString(random.nextLong() >>> (24 + random.nextInt(30)), 36));
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder line = new StringBuilder();
      for (int n = 6 + random.nextInt(10); n > 0; n--) {
        // About as skewed as words are.
        int rank = (int) Math.min(49_999, Math.exp(random.nextDouble() * Math.log(50_000)));
        line.append(words.get(rank)).append(random.nextInt(12) == 0 ? ", " : " ");
      }
      lines.add(line.toString());
    }
    return lines;
  }

  private void write(FileLog log, int events, boolean twins) throws Exception {
    Instant now = Instant.parse("2026-11-21T10:00:00Z");
    for (int done = 0; done < events; ) {
      List<byte[]> batch = new ArrayList<>(100);
      for (int i = 0; i < 100; i++, done++) {
        batch.add(EntryCodec.encode(event(done, now.plusMillis(done / 20), twins)));
      }
      log.enqueue(batch);
    }
    log.awaitDurable(log.enqueued());
    System.out.printf("%d events of %d bytes%n", events, bytes / events);
  }

  private Entry event(int n, Instant at, boolean twin) {
    int slot = random.nextInt(RUNS);
    int seq = told[slot]++ % EVENTS_OF_RUN;
    if (seq == 0) {
      run[slot] = ++runs;
    }
    EventId id = EventId.named("bench", Integer.toString(n));
    String runId = "run-" + Long.toHexString(run[slot] * 0x9E3779B97F4A7C15L);
    String agent = "agent-" + slot % 7;
    String call = "call_" + Long.toHexString(random.nextLong());
    Scope scope = Scope.of(runId, "thread-" + run[slot] % 500, agent);
    Fact fact =
        switch (seq) {
          case 0 -> Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted");
          case EVENTS_OF_RUN - 1 ->
              Fact.StateChange.reported(Entity.RUN, State.COMPLETED, "RunFinished");
          default ->
              switch (seq % 4) {
                case 0 -> new Fact.Message(Role.ASSISTANT, false, "/text");
                case 1 -> new Fact.ToolCall("call-" + seq, "grep", "/args");
                case 2 ->
                    new Fact.ToolResult(
                        "call-" + (seq - 1), "grep", ToolOutcome.OK, "/result", null, false, false);
                default -> new Fact.ModelRequest("m-" + seq, "model-x");
              };
        };
    ObjectNode record =
        JSON.createObjectNode()
            .put("id", Integer.toString(n))
            .put("run_id", runId)
            .put("thread_id", "thread-" + run[slot] % 500)
            .put("agent", agent)
            .put("type", fact.getClass().getSimpleName())
            .put("timestamp", at.toString())
            .put("call_id", call)
            .put("depth", seq % 3);
    StringBuilder text = new StringBuilder();
    int length = 200 + (int) Math.min(6_000, -Math.log(random.nextDouble()) * 700);
    while (text.length() < length) {
      text.append(lines.get(random.nextInt(lines.size()))).append('\n');
    }
    record.put("text", text.toString());
    byte[] original = record.toString().getBytes(StandardCharsets.UTF_8);
    bytes += original.length;
    Event event =
        new Event(
            id,
            "bench",
            "agent-protocol",
            fact.getClass().getSimpleName(),
            Integer.toString(n),
            scope,
            at,
            at,
            TimeQuality.SOURCE,
            null,
            fact,
            Set.of(),
            text.substring(0, Math.min(80, text.length())));
    return new Entry.Recorded(
        "bench",
        "agent-protocol",
        id,
        n,
        null,
        null,
        at,
        twin,
        Entry.Headers.NONE,
        original,
        List.of(event));
  }

  private static void index(FileLog log, Path folder) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    var process =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long end = log.end().number();
    long cpu = process.getProcessCpuTime();
    long start = System.nanoTime();
    LuceneRunStore store =
        LuceneRunStore.open(folder, log, LuceneRunStore.Settings.DEFAULT, InstantSource.system());
    Indexer indexer = Indexer.start(log, store, Indexer.Settings.DEFAULT);
    while (!store.awaitVisible(log.end(), Duration.ofSeconds(2))) {
      long done = store.visible().number();
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf("  %5.1f s: %,d, %,.0f/s%n", seconds, done, done / seconds);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double micros = (process.getProcessCpuTime() - cpu) / 1e3 / end;
    double own = 0;
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().equals("indexer")) {
        own = threads.getThreadCpuTime(id) / 1e3 / end;
      }
    }
    System.out.printf(
        "%,.0f events/s, %.1f us CPU/event (indexer thread %.1f), %d refreshes, %d commits,"
            + " %d bytes/event%n",
        end / seconds,
        micros,
        own,
        indexer.refreshes(),
        indexer.commits(),
        store.sizeBytes() / end);
    indexer.close();
  }
}
