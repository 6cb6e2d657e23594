// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.TimeQuality;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How many events a second the log takes, and how long an acknowledgement is: appenders in a closed
 * loop, entries of about 1.2 kB. Run by hand: {@code LogBenchmark [folder] [seconds]}.
 */
public final class LogBenchmark {
  private static final int WORDS = 20_000;

  private LogBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args.length > 0 ? args[0] : "target/bench");
    Duration duration = Duration.ofSeconds(args.length > 1 ? Long.parseLong(args[1]) : 3);
    PrintStream out = System.out;
    List<byte[]> entries = codec(out);
    out.printf(
        "%9s %6s %6s %12s %10s %10s %10s%n",
        "appenders", "batch", "seals", "events/s", "p50 ms", "p99 ms", "read ev/s");
    measure(folder, Duration.ofSeconds(2), entries, 16, 100, false); // warms up
    for (int batch : new int[] {1, 10, 100}) {
      for (int appenders : new int[] {1, 16}) {
        out.println(measure(folder, duration, entries, appenders, batch, false));
      }
    }
    out.println(measure(folder, duration, entries, 16, 100, true));
  }

  /** Encodes and decodes a typical entry, and gives some different ones. */
  private static List<byte[]> codec(PrintStream out) throws IOException {
    Random random = new Random(42);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      entries.add(entry(i, random));
    }
    List<byte[]> encoded = new ArrayList<>();
    long[] nanos = new long[3];
    int rounds = 40;
    for (int round = 0; round < rounds; round++) {
      encoded = new ArrayList<>(entries.size());
      long started = cpuNanos();
      for (Entry entry : entries) {
        encoded.add(EntryCodec.encode(entry));
      }
      long encodedAt = cpuNanos();
      for (byte[] bytes : encoded) {
        EntryCodec.decode(bytes);
      }
      long decodedAt = cpuNanos();
      for (byte[] bytes : encoded) {
        EntryCodec.decodeHeader(bytes);
      }
      if (round >= rounds / 2) {
        nanos[0] += encodedAt - started;
        nanos[1] += decodedAt - encodedAt;
        nanos[2] += cpuNanos() - decodedAt;
      }
    }
    long counted = (long) entries.size() * (rounds - rounds / 2);
    out.printf(
        "entries of %d bytes, CPU time: encode %d ns, decode %d ns, header alone %d ns%n",
        encoded.stream().mapToInt(bytes -> bytes.length).sum() / encoded.size(),
        nanos[0] / counted,
        nanos[1] / counted,
        nanos[2] / counted);
    return encoded;
  }

  /** Of this thread alone: other work on the machine does not count. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static String measure(
      Path folder, Duration duration, List<byte[]> entries, int appenders, int batch, boolean seals)
      throws Exception {
    Path directory = folder.resolve("log-" + System.nanoTime());
    FileLogOptions options =
        FileLogOptions.defaults().withSegmentBytes(seals ? 64L << 20 : 1L << 40);
    List<long[]> times = new ArrayList<>();
    String line;
    try (FileLog log = FileLog.open(directory, options, new LocalStorage())) {
      long end = System.nanoTime() + duration.toNanos();
      long started = System.nanoTime();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < appenders; i++) {
        int first = i * 617;
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      long[] acks = append(log, entries, first, batch, end);
                      synchronized (times) {
                        times.add(acks);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      double seconds = (System.nanoTime() - started) / 1e9;
      long[] acks = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
      line =
          String.format(
              "%9d %6d %6s %12.0f %10.2f %10.2f %10.0f",
              appenders,
              batch,
              seals,
              log.end().number() / seconds,
              acks[acks.length / 2] / 1e6,
              acks[(int) (acks.length * 0.99)] / 1e6,
              readRate(log));
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
    return line;
  }

  private static long[] append(
      FileLog log, List<byte[]> entries, int first, int batch, long endNanos) {
    long[] acks = new long[1024];
    int count = 0;
    int at = first;
    try {
      for (long now = System.nanoTime(); now < endNanos; ) {
        List<byte[]> some = new ArrayList<>(batch);
        for (int i = 0; i < batch; i++) {
          some.add(entries.get(at++ % entries.size()));
        }
        log.append(some);
        long then = System.nanoTime();
        if (count == acks.length) {
          acks = Arrays.copyOf(acks, count * 2);
        }
        acks[count++] = then - now;
        now = then;
      }
    } catch (LogFullException | LogFailedException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Arrays.copyOf(acks, count);
  }

  private static double readRate(FileLog log) throws IOException {
    long started = System.nanoTime();
    long read = 0;
    try (EventLog.Cursor cursor = log.read(Position.START)) {
      while (cursor.next() != null) {
        read++;
      }
    }
    return read / ((System.nanoTime() - started) / 1e9);
  }

  private static Entry entry(int number, Random random) {
    StringBuilder args = new StringBuilder();
    while (args.length() < 800) {
      args.append("word")
          .append(random.nextInt(WORDS))
          .append(random.nextInt(9) == 0 ? "\\n" : " ");
    }
    EventId id = EventId.named("bench", Integer.toString(number));
    Instant now = Instant.ofEpochSecond(1_790_000_000L + number, 123_000_000);
    String run = "run-" + random.nextInt(2_000);
    byte[] original =
        ("{\"id\":"
                + number
                + ",\"run_id\":\""
                + run
                + "\",\"thread_id\":\"thread-1\","
                + "\"type\":\"ToolCall\",\"agent\":\"coder\",\"timestamp\":\""
                + now
                + "\",\"tool_call_id\":\"call-"
                + number
                + "\",\"name\":\"grep\",\"args\":{\"q\":\""
                + args
                + "\"}}")
            .getBytes(UTF_8);
    Event event =
        new Event(
            id,
            "bench",
            "agent-protocol",
            "ToolCall",
            Integer.toString(number),
            Scope.of(run, "thread-1", "coder").withDepth(1),
            now,
            now,
            TimeQuality.SOURCE,
            (long) number,
            new Fact.ToolCall("call-" + number, "grep", "/args"),
            Set.of(),
            "grep " + args.substring(0, 60));
    return new Entry.Recorded(
        "bench",
        "agent-protocol",
        id,
        random.nextLong(),
        "stream-1",
        (long) number,
        now,
        false,
        Entry.Headers.NONE,
        original,
        List.of(event));
  }
}
