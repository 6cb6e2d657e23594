// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Rejection.Code;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code codex exec --json} prints. Only its first record names the thread, no record has a
 * time, a turn id or a number, so nearly everything is remembered: per stream the thread and the
 * turn that is open, per thread how many turns there were and the tokens that they had used.
 *
 * <p>A run is a turn: {@code <thread id>:<n>}, counted over all streams of the thread. Records
 * without a stream belong to the thread that the context names, else to the one that the newest
 * {@code thread.started} of the source named; two processes that write into one source at once must
 * name their streams.
 */
public final class CodexExecDialect implements Dialect {
  public static final String NAME = "codex-exec";

  private static final String AGENT = "codex";
  private static final TokenUsage NONE_YET = new TokenUsage(0L, 0L, 0L, 0L, 0L, 0L, null);

  /** Where the records of a stream stand. */
  private enum Phase {
    /** No turn yet; what comes belongs to the one that is about to start. */
    FRESH,
    /** Something of a turn came before its {@code turn.started}. */
    ANNOUNCED,
    OPEN,
    /** The turn has ended; late records still belong to it. */
    ENDED
  }

  /**
   * @param base what run ids begin with: the thread, or the stream where no thread is known
   * @param turn number of the newest turn of this stream, 0 before the first
   * @param fromStart whether its {@code thread.started} was seen
   * @param concluded whether the end of the stream has been told
   */
  record Stream(
      String base,
      @Nullable String thread,
      Phase phase,
      int turn,
      boolean fromStart,
      boolean concluded) {

    private Stream in(Phase phase, int turn) {
      return new Stream(base, thread, phase, turn, fromStart, false);
    }

    private boolean open() {
      return phase == Phase.OPEN || phase == Phase.ANNOUNCED;
    }

    /** Whether a turn is open of which nobody has said that it is lost. */
    private boolean leavesATurn() {
      return open() && !concluded;
    }
  }

  /**
   * @param seen how many turns
   * @param total tokens of the thread when its newest complete turn ended, null where none was told
   * @param silent how many turns began since then; only where there is one is the rise of the total
   *     its own, otherwise one of them failed or was lost and nobody knows what it had spent
   */
  record Turns(int seen, @Nullable TokenUsage total, int silent) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    JsonNode json = record.json();
    if (!json.isObject() || json.has("payload")) {
      return false;
    }
    String type = json.path("type").asText();
    return switch (type) {
      case "thread.started" -> json.has("thread_id");
      case "turn.started" -> json.size() == 1;
      case "turn.completed" -> json.has("usage");
      case "turn.failed" -> json.has("error");
      case "error" -> json.size() == 2 && json.path("message").isTextual();
      default -> type.startsWith("item.") && json.path("item").isObject();
    };
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    Fields f = Fields.of(record.json(), "");
    if (!record.json().isObject()) {
      return Decoded.Rejected.of(Code.INVALID_FIELD, "", "a record of codex exec is a JSON object");
    }
    String type = f.text("type");
    if (type == null || type.isEmpty()) {
      return Decoded.Rejected.of(Code.MISSING_FIELD, "/type", "type is required");
    }
    String told = type.equals("thread.started") ? f.id("thread_id") : null;
    Rejection tooLong = f.refusal();
    if (tooLong != null) {
      return new Decoded.Rejected(tooLong);
    }
    Stream stream = memory.recall(streamKey(context), Stream.class);
    if (type.equals("thread.started")) {
      return threadStarted(f, told, stream, context, memory);
    }
    if (stream == null) {
      stream = unknown(context);
    }
    if (stream == null) {
      return Decoded.Rejected.of(
          Code.MISSING_FIELD,
          "/thread_id",
          "no thread.started came before this record: name its run, its thread or its stream with"
              + " a context header");
    }
    return new Reading(f, context, memory, stream).read(type);
  }

  @Override
  public List<Draft> endOfStream(Context context, Memory memory) {
    Stream stream = memory.recall(streamKey(context), Stream.class);
    if (stream == null || !stream.leavesATurn()) {
      return List.of();
    }
    memory.remember(
        streamKey(context),
        new Stream(
            stream.base(),
            stream.thread(),
            stream.phase(),
            stream.turn(),
            stream.fromStart(),
            true));
    return List.of(lost(stream, context, "the stream ended without the end of the turn"));
  }

  private static String streamKey(Context context) {
    return context.stream() != null
        ? "stream/" + context.stream()
        : context.thread() != null ? "thread-stream/" + context.thread() : "stream";
  }

  /** A stream whose beginning was not seen, or was forgotten; null where nothing names it. */
  private static @Nullable Stream unknown(Context context) {
    String thread = context.thread();
    String base =
        thread != null ? thread : context.run() != null ? context.run() : context.stream();
    return base == null ? null : new Stream(base, thread, Phase.FRESH, 0, false, false);
  }

  private static Decoded threadStarted(
      Fields f, @Nullable String told, @Nullable Stream before, Context context, Memory memory) {
    String thread = told != null ? told : context.thread();
    String base =
        thread != null ? thread : context.run() != null ? context.run() : context.stream();
    if (base == null) {
      return Decoded.Rejected.of(
          Code.MISSING_FIELD, "/thread_id", "thread_id is required for thread.started");
    }
    List<Draft> drafts = new ArrayList<>(2);
    Scope scope = Scope.of(context.run(), thread, agent(context)).withTask(context.task());
    drafts.add(
        Draft.of(
                scope,
                "thread.started",
                Fact.StateChange.reported(Entity.THREAD, State.RUNNING, "thread.started"),
                thread == null ? "" : thread)
            .withFlags(
                Oddities.of(f.sawInvalid(), Oddities.differ(told, context.thread()), false)));
    if (before != null && before.leavesATurn()) {
      drafts.add(lost(before, context, "another process began"));
    }
    memory.remember(
        streamKey(context), new Stream(base, thread, Phase.FRESH, 0, told != null, false));
    return new Decoded.Drafts(null, drafts);
  }

  private static Turns turns(Stream stream, Memory memory) {
    Turns turns = memory.recall("turns/" + stream.base(), Turns.class);
    return turns == null ? new Turns(0, null, 0) : turns;
  }

  private static Draft lost(Stream stream, Context context, String why) {
    return Draft.of(scope(stream, context), "end of stream", Fact.StateChange.lost(why), why);
  }

  private static Scope scope(Stream stream, Context context) {
    Scope scope = Scope.of(null, stream.thread(), agent(context)).withTask(context.task());
    return context.run() != null
        ? scope.withRun(context.run(), RunIdQuality.NATIVE)
        : scope.withRun(stream.base() + ":" + stream.turn(), RunIdQuality.DERIVED);
  }

  private static String agent(Context context) {
    return context.agent() != null ? context.agent() : AGENT;
  }

  /** One record of a turn being read. */
  private static final class Reading {
    private final Fields f;
    private final Context context;
    private final Memory memory;
    private Stream stream;
    private final List<Draft> drafts = new ArrayList<>(2);

    Reading(Fields f, Context context, Memory memory, Stream stream) {
      this.f = f;
      this.context = context;
      this.memory = memory;
      this.stream = stream;
    }

    Decoded read(String type) {
      switch (type) {
        case "turn.started" -> turnStarted();
        case "turn.completed" -> turnCompleted();
        case "turn.failed" -> turnFailed();
        case "error" -> error(type);
        case "item.started", "item.updated", "item.completed" -> {
          announce();
          Fields item = f.inside("item");
          CodexExecItems.Read read = CodexExecItems.read(type, item);
          say(type, item.id("id"), read.fact(), read.summary(), !read.known());
        }
        default -> {
          announce();
          say(type, null, new Fact.UnknownFact(type), type, true);
        }
      }
      Rejection tooLong = f.refusal();
      if (tooLong != null) {
        return new Decoded.Rejected(tooLong);
      }
      memory.remember(streamKey(context), stream);
      return new Decoded.Drafts(null, drafts);
    }

    private void turnStarted() {
      Stream before = stream;
      if (stream.phase() == Phase.ANNOUNCED) {
        stream = stream.in(Phase.OPEN, stream.turn());
      } else {
        nextTurn(Phase.OPEN);
      }
      say(
          "turn.started",
          null,
          Fact.StateChange.reported(Entity.RUN, State.RUNNING, "turn.started"),
          "",
          false);
      if (before.phase() == Phase.OPEN && !before.concluded()) {
        drafts.add(lost(before, context, "another turn began"));
      }
    }

    /** Whatever comes before the turn's own start is the first sign of that turn. */
    private void announce() {
      if (stream.phase() == Phase.FRESH) {
        nextTurn(Phase.ANNOUNCED);
      }
    }

    private void nextTurn(Phase phase) {
      Turns turns = turns(stream, memory);
      int turn = turns.seen() + 1;
      memory.remember("turns/" + stream.base(), new Turns(turn, turns.total(), turns.silent() + 1));
      stream = stream.in(phase, turn);
    }

    private void turnCompleted() {
      announce();
      TokenUsage usage = f.inside("usage").codexUsage();
      if (usage != null) {
        Turns turns = turns(stream, memory);
        say(
            "turn.completed",
            null,
            new Fact.UsageReported(stream.base(), true, usage, true, baseline(turns)),
            "tokens of the thread: " + usage.effectiveTotal(),
            false);
        memory.remember("turns/" + stream.base(), new Turns(turns.seen(), usage, 0));
      }
      end(Fact.StateChange.reported(Entity.RUN, State.COMPLETED, "turn.completed"), "");
    }

    /** What the thread had used before this turn, null where nobody knows. */
    private @Nullable TokenUsage baseline(Turns turns) {
      if (turns.silent() > 1) {
        return null;
      }
      return turns.seen() <= 1 && stream.fromStart() ? NONE_YET : turns.total();
    }

    private void turnFailed() {
      announce();
      String message = f.inside("error").text("message");
      end(
          Fact.StateChange.reported(Entity.RUN, State.FAILED, "turn.failed")
              .because(Brief.reason(message)),
          Brief.line(message));
    }

    private void end(Fact.StateChange change, String summary) {
      say("turn." + change.to().word(), null, change, summary, false);
      stream = stream.in(Phase.ENDED, stream.turn());
    }

    /**
     * An error of the stream. Codex tells a lost connection this way while it tries again; any
     * other text comes again in the {@code turn.failed} that follows, and both are one failure.
     */
    private void error(String type) {
      announce();
      String message = f.text("message");
      boolean tryingAgain = message != null && message.startsWith("Reconnecting");
      say(
          type,
          null,
          new Fact.ErrorReported(
              null,
              null,
              message == null ? "" : Brief.line(Brief.reason(message)),
              !tryingAgain && stream.phase() == Phase.OPEN),
          Brief.line(message),
          false);
    }

    private void say(
        String type, @Nullable String nativeId, Fact fact, String summary, boolean unknown) {
      drafts.add(
          Draft.of(scope(stream, context), type, fact, summary)
              .withNativeId(nativeId)
              .withFlags(Oddities.of(f.sawInvalid(), false, unknown)));
    }
  }
}
