// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What one client sends: events of the native form, about 1 KiB each, from runs that are written by
 * turns. Event {@code n} of a client is always the same bytes, so it can be sent again, and looked
 * for afterwards.
 *
 * <p>Its words follow a long-tailed distribution and are cut from a large text, so that an index
 * has as much to do, and a compressor as little to find, as with what agents write.
 */
final class Workload implements Requests {
  /** Runs that a client writes by turns. */
  static final int OPEN_RUNS = 20;

  static final int EVENTS_PER_RUN = 200;

  /** Ids within a run count from here, so that all have four digits. */
  static final int FIRST_ID = 1_001;

  /** No event is larger. */
  static final int LARGEST = 4_096;

  private static final int TEXT_BYTES = 32 << 20;
  private static final int VOCABULARY = 50_000;

  private static final byte[] HEX = ascii("0123456789abcdef");

  private final long seed;
  private final byte[] text;

  Workload(long seed) {
    this.seed = seed;
    this.text = text(seed);
  }

  @Override
  public byte[] head(URI server, @Nullable String key) {
    return Wire.head(server, "/v1/events", "application/x-ndjson", key);
  }

  @Override
  public int largest(int events) {
    return events * LARGEST;
  }

  @Override
  public int acknowledged() {
    return 202;
  }

  @Override
  public int write(int client, long first, int events, byte[] buffer, int at) {
    int end = at;
    for (int i = 0; i < events; i++) {
      end = write(client, first + i, buffer, end);
    }
    return end;
  }

  /** The run that event {@code n} of a client belongs to. */
  String runId(int client, long n) {
    return runIdOf(client, runNumber(n));
  }

  String runIdOf(int client, long run) {
    return "bench-%s-%02d-%06d".formatted(Long.toHexString(seed), client, run);
  }

  static long runNumber(long n) {
    return n / ((long) OPEN_RUNS * EVENTS_PER_RUN) * OPEN_RUNS + n % OPEN_RUNS;
  }

  /** Which event of its run it is, from 1. */
  static int idInRun(long n) {
    return (int) (n / OPEN_RUNS % EVENTS_PER_RUN) + 1;
  }

  /** How many of the first {@code events} events of a client belong to that run. */
  static int eventsOf(long run, long events) {
    long first = run / OPEN_RUNS * OPEN_RUNS * EVENTS_PER_RUN + run % OPEN_RUNS;
    return events <= first
        ? 0
        : (int) Math.min(EVENTS_PER_RUN, (events - 1 - first) / OPEN_RUNS + 1);
  }

  /** Writes event {@code n} and a line feed; the end of what was written. */
  int write(int client, long n, byte[] buffer, int at) {
    long random = mix(seed * 31 + client, n);
    int id = idInRun(n);
    Pen pen = new Pen(buffer, at);
    pen.put(Words.ID).number(FIRST_ID - 1 + id, 4).put(Words.RUN).ascii(runId(client, n));
    pen.put(Words.THREAD).ascii(runId(client, n));
    pen.put(Words.TIME).time(n % 86_400_000);
    if (id == 1) {
      pen.put(Words.RUN_STARTED);
    } else if (id == EVENTS_PER_RUN) {
      pen.put(Words.RUN_COMPLETED);
    } else {
      switch (id % 5) {
        case 2 -> pen.put(Words.COMPLETION_CALL).text(random, 900).put(Words.END_TEXT);
        case 3 -> pen.put(Words.COMPLETION_RESULT).text(random, 600).put(Words.END_TEXT);
        case 4 ->
            pen.put(Words.TOOL_CALL)
                .text(random, 450)
                .put(Words.TOOL_PATH)
                .hex(random)
                .put(Words.END_ARGS);
        case 0 -> pen.put(Words.TOOL_RESULT).hex(random).text(random, 1_400).put(Words.END_TEXT);
        default -> pen.put(Words.TEXT_OUTPUT).text(random, 750).put(Words.END_TEXT);
      }
    }
    return pen.put(Words.END).at;
  }

  /** Parts of the JSON that never change. */
  private static final class Words {
    static final byte[] ID = ascii("{\"id\":");
    static final byte[] RUN = ascii(",\"run_id\":\"");
    static final byte[] THREAD = ascii("\",\"thread_id\":\"t-");
    static final byte[] TIME = ascii("\",\"timestamp\":\"2026-11-01T");
    static final byte[] RUN_STARTED =
        ascii("Z\",\"type\":\"RunStarted\",\"agent\":\"lead\",\"role\":\"system\",\"depth\":0");
    static final byte[] RUN_COMPLETED =
        ascii(
            "Z\",\"type\":\"RunCompleted\",\"agent\":\"lead\",\"role\":\"assistant\",\"depth\":0,"
                + "\"finish_reason\":\"success\"");
    static final byte[] COMPLETION_CALL =
        ascii(
            "Z\",\"type\":\"CompletionCall\",\"agent\":\"coder\",\"role\":\"assistant\",\"depth\":0,"
                + "\"model\":\"bench-large\",\"content\":\"");
    static final byte[] COMPLETION_RESULT =
        ascii(
            "Z\",\"type\":\"CompletionResult\",\"agent\":\"coder\",\"role\":\"assistant\","
                + "\"depth\":0,\"model\":\"bench-large\",\"content\":\"");
    static final byte[] TOOL_CALL =
        ascii(
            "Z\",\"type\":\"ToolCall\",\"agent\":\"coder\",\"role\":\"assistant\",\"depth\":0,"
                + "\"function_name\":\"shell\",\"args\":{\"command\":\"");
    static final byte[] TOOL_PATH = ascii("\",\"path\":\"/srv/build/");
    static final byte[] TOOL_RESULT =
        ascii(
            "Z\",\"type\":\"ToolResult\",\"agent\":\"coder\",\"role\":\"tool\",\"depth\":0,"
                + "\"function_name\":\"shell\",\"text_result\":\"");
    static final byte[] TEXT_OUTPUT =
        ascii(
            "Z\",\"type\":\"TextOutput\",\"agent\":\"coder\",\"role\":\"assistant\",\"depth\":0,"
                + "\"content\":\"");
    static final byte[] END_TEXT = ascii("\"");
    static final byte[] END_ARGS = ascii("\"}");
    static final byte[] END = ascii("}\n");
  }

  /** Writes into a buffer that is large enough. */
  private final class Pen {
    private final byte[] buffer;
    private int at;

    Pen(byte[] buffer, int at) {
      this.buffer = buffer;
      this.at = at;
    }

    Pen put(byte[] bytes) {
      System.arraycopy(bytes, 0, buffer, at, bytes.length);
      at += bytes.length;
      return this;
    }

    @SuppressWarnings("deprecation") // the one getBytes that makes no copy of an ASCII string
    Pen ascii(String string) {
      string.getBytes(0, string.length(), buffer, at);
      at += string.length();
      return this;
    }

    Pen number(long number, int digits) {
      long left = number;
      for (int i = at + digits - 1; i >= at; i--) {
        buffer[i] = (byte) ('0' + left % 10);
        left /= 10;
      }
      at += digits;
      return this;
    }

    Pen time(long millisOfDay) {
      number(millisOfDay / 3_600_000, 2);
      buffer[at++] = ':';
      number(millisOfDay / 60_000 % 60, 2);
      buffer[at++] = ':';
      number(millisOfDay / 1_000 % 60, 2);
      buffer[at++] = '.';
      return number(millisOfDay % 1_000, 3);
    }

    Pen hex(long number) {
      for (int shift = 60; shift >= 0; shift -= 4) {
        buffer[at++] = HEX[(int) (number >>> shift) & 15];
      }
      buffer[at++] = ' ';
      return this;
    }

    /** Whole words from anywhere in the text, half to one and a half times that long. */
    Pen text(long random, int bytes) {
      int length = bytes / 2 + (int) ((random >>> 40) % bytes);
      int from = (int) ((random & 0x7fff_ffff) % (text.length - 2 * LARGEST));
      while (text[from++] != ' ') {}
      int to = from + length;
      while (text[to - 1] != ' ') {
        to--;
      }
      System.arraycopy(text, from, buffer, at, to - from);
      at += to - from;
      return this;
    }
  }

  /** A text of words, numbers, paths and lines whose frequencies fall like those of a language. */
  static byte[] text(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[][] words = new byte[VOCABULARY][];
    String[] syllables = {
      "ab", "con", "de", "ex", "fi", "ger", "in", "ja", "ko", "lan", "mer", "no", "or", "pre",
      "qua", "re", "sto", "ta", "un", "ver", "wil", "xi", "yen", "zo", "er", "tion", "ment", "s"
    };
    for (int i = 0; i < words.length; i++) {
      StringBuilder word = new StringBuilder();
      int parts = 1 + Integer.numberOfTrailingZeros(Integer.highestOneBit(i + 16)) / 4;
      for (int part = 0; part < parts; part++) {
        word.append(syllables[random.nextInt(syllables.length)]);
      }
      switch (random.nextInt(24)) {
        case 0 -> word.insert(0, "/src/").append(".java");
        case 1 -> word.append('_').append(random.nextInt(1_000));
        case 2 -> word.append("()");
        case 3 -> word.append(".");
        case 4 -> word.append("\\n");
        case 5 -> word.append(",");
        default -> {}
      }
      words[i] = ascii(word.append(' ').toString());
    }
    byte[] text = new byte[TEXT_BYTES];
    int at = 0;
    while (at < text.length - 64) {
      // the k-th most frequent word comes about 1/k as often as the first
      int rank = (int) Math.pow(VOCABULARY, random.nextDouble()) - 1;
      byte[] word = words[rank];
      System.arraycopy(word, 0, text, at, word.length);
      at += word.length;
    }
    java.util.Arrays.fill(text, at, text.length, (byte) ' ');
    return text;
  }

  static long mix(long a, long b) {
    long z = a * 0x9e3779b97f4a7c15L + b;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
