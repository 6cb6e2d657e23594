// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.EventId;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.run.RunKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.apache.lucene.util.BytesRef;

/** The names of all Lucene fields (none ever comes from a payload) and the form of their values. */
final class Fields {
  /** Of documents in the events index. */
  static final class OfEvent {
    /** The event's id, 16 bytes. */
    static final String ID = "id";

    /** The ordinal of the run, 8 bytes. */
    static final String RUN = "run";

    /** The same as a number. */
    static final String RUN_NUMBER = "run_number";

    /** The event's own ordinal. */
    static final String ORDINAL = "ordinal";

    static final String SEQ = "seq";
    static final String OBSERVED = "observed";
    static final String OCCURRED = "occurred";

    /** {@link Placement} in bytes. */
    static final String PLACED = "placed";

    /** Bit n: the n-th flag. Absent where there is none. */
    static final String FLAGS = "flags";

    static final String THREAD = "thread";
    static final String TASK = "task";
    static final String AGENT = "agent";
    static final String KIND = "kind";
    static final String TOOL = "tool";
    static final String CALL = "call";
    static final String TYPE = "type";
    static final String DIALECT = "dialect";
    static final String SOURCE = "source";

    /** The words of what it says went wrong. */
    static final String ERROR = "error";

    /** The words of the record. */
    static final String TEXT = "text";

    /** {@link #TOOL_CALLED}, {@link #ABOUT_TASK}, {@link #ANSWERS} and {@link #NO_RUN}. */
    static final String MARK = "mark";

    /** The event is a call of a tool. */
    static final String TOOL_CALLED = "tool";

    /** See {@link ThreadAnswers}. */
    static final String ANSWERS = "answers";

    /** The event speaks of its task itself. */
    static final String ABOUT_TASK = "task";

    /** No run. */
    static final String NO_RUN = "none";

    private OfEvent() {}
  }

  /** Of documents in the runs index. */
  static final class OfRun {
    /** The run's ordinal, 8 bytes; what a document is replaced by. */
    static final String ID = "id";

    /** The same as a number. */
    static final String NUMBER = "number";

    /** Source and run id, and source and each alias. */
    static final String KEY = "key";

    /** Run id and aliases. */
    static final String RUN = "run";

    static final String THREAD = "thread";

    /** The run's number again, where it has a thread. */
    static final String IN_THREAD = "in_thread";

    static final String TASK = "task";
    static final String PARENT = "parent";

    /** Source and parent. */
    static final String PARENT_KEY = "parent_key";

    /** Source and the run that it continues. */
    static final String CONTINUES_KEY = "continues_key";

    static final String SOURCE = "source";
    static final String DIALECT = "dialect";
    static final String STATE = "state";
    static final String VERDICT = "verdict";

    /** Every agent that acted in it. */
    static final String AGENT = "agent";

    static final String ROOT_AGENT = "root_agent";
    static final String TRACE = "trace";
    static final String TITLE = "title";
    static final String STARTED = "started";
    static final String ENDED = "ended";
    static final String DURATION = "duration";
    static final String EVENTS = "events";
    static final String ERRORS = "errors";
    static final String TOKENS = "tokens";
    static final String COST = "cost";
    static final String WAITS = "waits";
    static final String VIOLATIONS = "violations";
    static final String LAST_OBSERVED = "last_observed";

    /** When the oldest open wait was opened; absent where none is open. */
    static final String WAITING_SINCE = "waiting_since";

    /** The parts of the usage, and each what it is grouped by: columns only. */
    static final String INPUT_TOKENS = "input_tokens";

    static final String OUTPUT_TOKENS = "output_tokens";
    static final String CACHED_INPUT_TOKENS = "cached_input_tokens";
    static final String CACHE_WRITE_TOKENS = "cache_write_tokens";
    static final String REASONING_TOKENS = "reasoning_tokens";

    static String by(RunGroups.By what) {
      return "by_" + what.word();
    }

    /** {@link SummaryCodec}. */
    static final String SUMMARY = "summary";

    /** Instead of the key and the number, of a run that is not to be seen as one yet. */
    static final String UNSEEN_KEY = "unseen_key";

    static final String UNSEEN_NUMBER = "unseen_number";

    private OfRun() {}
  }

  /** Of what a source said last of a task itself; these stand in the runs index too. */
  static final class OfTask {
    /** The task; what a document is replaced by. */
    static final String ID = "task_id";

    /**
     * Where the task stands in the list of tasks: of a run document of a task, the run's number; of
     * a task document, the ordinal of the event that said it.
     */
    static final String ORDER = "task_order";

    private OfTask() {}
  }

  /** Of what people call a task, one for each task, name and source; in the runs index too. */
  static final class OfName {
    /** Task, name and source; what a document is replaced by. */
    static final String ID = "name_id";

    static final String NAME = "name";

    /** The task that is called so. */
    static final String TASK = "named_task";

    /** The ordinal of the event that said so last. */
    static final String ORDINAL = "name_ordinal";

    private OfName() {}
  }

  /** Of quarantined records, which stand in the runs index too. */
  static final class OfQuarantine {
    static final String ID = "quarantine";
    static final String STATE = "quarantine_state";
    static final String ORDINAL = "quarantine_ordinal";

    private OfQuarantine() {}
  }

  /** Lucene refuses terms above 32,766 bytes; ours stay far below. */
  private static final int MAX_TERM_BYTES = 8_192;

  private Fields() {}

  /** The term of a value: itself, or its beginning and hash where it is very long. */
  static BytesRef term(String value) {
    BytesRef term = new BytesRef(value);
    return term.length <= MAX_TERM_BYTES ? term : shortened(value);
  }

  private static BytesRef shortened(String value) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
      return new BytesRef(value.substring(0, 1_024) + "#" + HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The length in front keeps two keys apart whatever their ids contain. */
  static BytesRef key(String source, String run) {
    return term(source.length() + ":" + source + run);
  }

  static BytesRef key(RunKey key) {
    return key(key.source(), key.run());
  }

  static BytesRef number(long number) {
    byte[] bytes = new byte[Long.BYTES];
    put(number, bytes, 0);
    return new BytesRef(bytes);
  }

  static BytesRef id(EventId id) {
    byte[] bytes = new byte[2 * Long.BYTES];
    put(id.high(), bytes, 0);
    put(id.low(), bytes, Long.BYTES);
    return new BytesRef(bytes);
  }

  private static void put(long number, byte[] to, int at) {
    for (int i = 0; i < Long.BYTES; i++) {
      to[at + i] = (byte) (number >>> (56 - 8 * i));
    }
  }

  /** Nanoseconds since 1970; times that do not fit (before 1678, after 2262) stand at the edge. */
  static long time(Instant instant) {
    long second = instant.getEpochSecond();
    long edge = Long.MAX_VALUE / 1_000_000_000L - 1;
    if (second > edge) {
      return Long.MAX_VALUE;
    }
    if (second < -edge) {
      return Long.MIN_VALUE + 1;
    }
    return second * 1_000_000_000L + instant.getNano();
  }
}
