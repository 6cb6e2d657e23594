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
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Rejection.Code;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The session files of Codex ({@code rollout-….jsonl}). A run is a turn and has its id; what names
 * no turn belongs to the newest {@code task_started} of the stream. The same act stands in a file
 * up to three times; what becomes a fact is:
 *
 * <ul>
 *   <li>messages and reasoning: the {@code event_msg} ({@code item_completed}, in older versions
 *       {@code user_message} and its kin); the {@code response_item} is evidence
 *   <li>tool calls: the {@code response_item}, which alone has the model's call id; how a call went
 *       is said by {@code item_completed} at any later time, until then by the output's text
 *   <li>tokens: the turn's total in {@code token_usage_record}; in versions without these records
 *       the rise of {@code token_count}
 * </ul>
 *
 * <p>Waits cannot be seen in these files. What belongs to no turn is stored without a run.
 */
public final class CodexRolloutDialect implements Dialect {
  public static final String NAME = "codex-rollout";

  private static final String AGENT = "codex";
  private static final TokenUsage NONE_YET = new TokenUsage(0L, 0L, 0L, 0L, 0L, 0L, null);

  private static final Set<String> TYPES =
      Set.of(
          "session_meta",
          "response_item",
          "event_msg",
          "turn_context",
          "world_state",
          "token_usage_record",
          "compacted",
          "inter_agent_communication");

  /**
   * What is known of a file.
   *
   * @param turn the newest that started
   * @param model of the newest turn
   * @param open whether the newest turn has not ended
   * @param total newest {@code token_count} of the thread, null where none was seen
   * @param before {@code total} when the newest turn started, null where unknown
   * @param counted whether the newest turn has {@code token_usage_record}s
   */
  record File(
      @Nullable String thread,
      @Nullable String agent,
      @Nullable String turn,
      @Nullable String model,
      boolean open,
      @Nullable TokenUsage total,
      @Nullable TokenUsage before,
      boolean counted) {
    private static final File UNKNOWN = new File(null, null, null, null, false, null, null, false);

    private File started(String turn) {
      return new File(thread, agent, turn, model, true, total, total, false);
    }

    private File ended() {
      return new File(thread, agent, turn, model, false, total, before, counted);
    }

    private File withModel(String model) {
      return new File(thread, agent, turn, model, open, total, before, counted);
    }

    private File counting() {
      return new File(thread, agent, turn, model, open, total, before, true);
    }

    private File withTotal(TokenUsage total) {
      return new File(thread, agent, turn, model, open, total, before, counted);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    JsonNode json = record.json();
    return json.isObject()
        && json.path("payload").isObject()
        && json.path("timestamp").isTextual()
        && TYPES.contains(json.path("type").asText());
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    if (!record.json().isObject()) {
      return refuse(Code.INVALID_FIELD, "", "a record of a rollout is a JSON object");
    }
    Fields line = Fields.of(record.json(), "");
    String type = line.text("type");
    if (type == null || type.isEmpty()) {
      return refuse(Code.MISSING_FIELD, "/type", "type is required");
    }
    String key = fileKey(context);
    File file = memory.recall(key, File.class);
    Reading reading =
        new Reading(line, line.inside("payload"), context, file == null ? File.UNKNOWN : file);
    reading.read(type);
    Rejection tooLong = line.refusal();
    if (tooLong != null) {
      return new Decoded.Rejected(tooLong);
    }
    if (!reading.file.equals(file)) {
      memory.remember(key, reading.file);
    }
    return new Decoded.Drafts(null, reading.drafts);
  }

  private static String fileKey(Context context) {
    return context.stream() != null
        ? "stream/" + context.stream()
        : context.thread() != null ? "thread-stream/" + context.thread() : "stream";
  }

  private static Decoded refuse(Code code, String pointer, String message) {
    return new Decoded.Rejected(new Rejection(code, pointer, message));
  }

  /** One record being read. */
  private static final class Reading {
    private final Fields line;
    private final Fields payload;
    private final Context context;
    private final @Nullable Instant time;
    private final @Nullable Long order;
    private final List<Draft> drafts = new ArrayList<>(2);
    private File file;

    Reading(Fields line, Fields payload, Context context, File file) {
      this.line = line;
      this.payload = payload;
      this.context = context;
      this.file = file;
      this.time = line.time("timestamp");
      this.order = line.count("ordinal");
    }

    void read(String type) {
      switch (type) {
        case "session_meta" -> sessionMeta();
        case "event_msg" -> eventMessage();
        case "response_item" -> responseItem();
        case "token_usage_record" -> tokenUsageRecord();
        case "turn_context" -> turnContext();
        case "world_state", "compacted" -> say(file.turn(), type, new Fact.Snapshot(), "", false);
        default -> say(file.turn(), type, new Fact.UnknownFact(type), type, true);
      }
    }

    private void sessionMeta() {
      String thread = payload.id("id");
      if (thread == null) {
        thread = payload.id("session_id");
      }
      if (thread != null && !thread.equals(file.thread())) {
        // Of a thread that is seen from its start, nothing was spent before.
        file =
            new File(
                thread, payload.id("agent_nickname"), null, null, false, NONE_YET, null, false);
      }
      say(null, "session_meta", new Fact.Snapshot(), Brief.line(payload.text("cwd")), false);
    }

    private void turnContext() {
      String turn = payload.id("turn_id");
      String model = payload.id("model");
      if (model != null) {
        file = file.withModel(model);
      }
      say(
          turn != null ? turn : file.turn(),
          "turn_context",
          new Fact.Snapshot(),
          Brief.line(model),
          false);
    }

    private void tokenUsageRecord() {
      String turn = payload.id("turn_id");
      if (turn == null) {
        turn = file.turn();
      }
      if (turn != null && turn.equals(file.turn())) {
        file = file.counting();
      }
      TokenUsage usage = payload.inside("turn_token_usage").codexUsage();
      String response = payload.id("response_id");
      say(
          turn,
          "token_usage_record",
          new Fact.ModelResponse(response, file.model(), null, null),
          Brief.line(file.model()),
          false);
      if (usage != null) {
        say(
            turn,
            "token_usage_record",
            new Fact.UsageReported("turn", true, usage, true, NONE_YET),
            "tokens of the turn: " + usage.effectiveTotal(),
            false);
      }
    }

    private void eventMessage() {
      String told = payload.text("type");
      String type = told == null ? "event_msg" : told;
      String own = payload.id("turn_id");
      String turn = own != null ? own : file.turn();
      switch (type) {
        case "task_started", "turn_started" -> taskStarted(type, own);
        case "task_complete", "turn_complete" -> taskComplete(type, turn);
        case "turn_aborted" -> turnAborted(type, turn);
        case "token_count" -> tokenCount(turn);
        default -> {
          CodexRolloutItems.Read read = CodexRolloutItems.eventMessage(type, payload);
          boolean ofNobody =
              own == null
                  && !file.open()
                  && (read.fact() instanceof Fact.LogLine || read.fact() instanceof Fact.Control);
          say(ofNobody ? null : turn, type, read.fact(), read.summary(), !read.known());
        }
      }
    }

    private void taskStarted(String type, @Nullable String turn) {
      File before = file;
      if (turn == null) {
        line.noteInvalid();
      } else {
        file = file.started(turn);
      }
      say(turn, type, StateChange.reported(Entity.RUN, State.RUNNING, type), "", false);
      if (before.open() && before.turn() != null && !before.turn().equals(turn)) {
        String why = "another turn began";
        say(
            before.turn(),
            type,
            new StateChange(
                Entity.RUN,
                null,
                null,
                State.LOST,
                null,
                null,
                why,
                Quality.SYNTHESIZED,
                Firmness.SOFT),
            why,
            false);
      }
    }

    private void taskComplete(String type, @Nullable String turn) {
      JsonNode error = payload.present("error");
      if (error == null) {
        end(turn, StateChange.reported(Entity.RUN, State.COMPLETED, type));
        return;
      }
      String message = error.isTextual() ? error.textValue() : error.path("message").textValue();
      end(
          turn,
          StateChange.reported(Entity.RUN, State.FAILED, type)
              .because(Brief.reason(message == null ? error.toString() : message)));
    }

    private void turnAborted(String type, @Nullable String turn) {
      String reason = payload.text("reason");
      State to = reason != null && reason.startsWith("budget") ? State.INCOMPLETE : State.CANCELED;
      end(turn, StateChange.reported(Entity.RUN, to, type).because(reason));
    }

    private void end(@Nullable String turn, StateChange change) {
      if (turn != null && turn.equals(file.turn())) {
        file = file.ended();
      }
      say(
          turn,
          change.nativeTo() == null ? "" : change.nativeTo(),
          change,
          Brief.line(change.reason()),
          false);
    }

    /**
     * A running total of the thread; half of these records repeat the one before, some tell only
     * the limits of the account.
     */
    private void tokenCount(@Nullable String turn) {
      TokenUsage total = payload.inside("info").inside("total_token_usage").codexUsage();
      if (total == null) {
        say(turn, "token_count", new Fact.LogLine(null), "rate limits", false);
        return;
      }
      file = file.withTotal(total);
      String series = file.thread() == null ? "thread" : file.thread();
      say(
          turn,
          "token_count",
          new Fact.UsageReported(series, true, total, !file.counted(), file.before()),
          "tokens of the thread: " + total.effectiveTotal(),
          false);
    }

    private void responseItem() {
      String told = payload.text("type");
      String type = told == null ? "response_item" : told;
      String turn = file.turn();
      if (turn == null) {
        turn = payload.inside("internal_chat_message_metadata_passthrough").id("turn_id");
      }
      CodexRolloutItems.Read read = CodexRolloutItems.responseItem(type, payload);
      say(turn, type, read.fact(), read.summary(), !read.known());
    }

    private void say(
        @Nullable String turn, String type, Fact fact, String summary, boolean unknown) {
      String thread = payload.id("thread_id");
      if (thread == null) {
        thread = file.thread() != null ? file.thread() : context.thread();
      }
      boolean ownTurn = turn != null;
      String run = ownTurn ? turn : context.run();
      Scope scope =
          new Scope(
              run,
              run == null ? RunIdQuality.ABSENT : RunIdQuality.NATIVE,
              thread,
              context.task(),
              turn,
              context.agent() != null
                  ? context.agent()
                  : file.agent() != null ? file.agent() : AGENT,
              turn != null && turn.equals(payload.node().path("turn_id").textValue())
                  ? parentOf(turn)
                  : null,
              null,
              null,
              null,
              turn != null && turn.equals(file.turn()) ? trace(type) : null);
      String id = payload.node().path("call_id").textValue();
      if (id == null) {
        id = payload.node().path("id").textValue();
      }
      drafts.add(
          new Draft(
              scope,
              type,
              id,
              time,
              time == null ? TimeQuality.INGEST : TimeQuality.SOURCE,
              order,
              fact,
              flags(
                  unknown,
                  (ownTurn && differ(run, context.run())) || differ(thread, context.thread())),
              summary));
    }

    /** The turn of the agent that called this one. */
    private @Nullable String parentOf(@Nullable String turn) {
      String parent = payload.node().path("turn_attribution").path("parent_turn_id").textValue();
      if (parent == null) {
        parent = payload.node().path("root_turn_id").textValue();
      }
      return parent == null || parent.isEmpty() || parent.equals(turn) ? null : parent;
    }

    private @Nullable String trace(String type) {
      String trace = type.equals("task_started") ? payload.id("trace_id") : null;
      return trace == null ? null : trace.toLowerCase(Locale.ROOT);
    }

    private Set<Flag> flags(boolean unknown, boolean mismatch) {
      Set<Flag> flags = EnumSet.noneOf(Flag.class);
      if (line.sawInvalid()) {
        flags.add(Flag.INVALID_FIELD);
      }
      if (unknown) {
        flags.add(Flag.UNKNOWN_TYPE);
      }
      if (mismatch) {
        flags.add(Flag.CONTEXT_MISMATCH);
      }
      return flags;
    }

    private static boolean differ(@Nullable String said, @Nullable String header) {
      return said != null && header != null && !said.equals(header);
    }
  }
}
