// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ledgerline.collector.dialect.AgenticRun.Phase;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Rejection.Code;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * agentic (supercog-ai), the one implementation of the Agent Protocol, whose records differ from
 * that protocol's text in most fields. It has two views of the same acts:
 *
 * <ul>
 *   <li><b>live events</b> {@code {type, agent, depth, payload}} have no ids and no time; run and
 *       thread come from the context headers
 *   <li><b>thread log rows</b> {@code {id, thread_id, agent_id, event_name, event, created_at}}
 *       have no run: they are cut into runs at a prompt, after a wait and after an end, and a run
 *       is called {@code <thread id>:<id of its first row>}
 * </ul>
 *
 * <p>Sub-agents have no run of their own; they are steps of the run that called them.
 */
public final class AgenticDialect implements Dialect {
  public static final String NAME = "agentic";

  /** The run that the newest row of a thread's log belongs to. */
  record Log(String run) {}

  /** The log that a stream held last. */
  record LogOfStream(String thread) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    JsonNode json = record.json();
    if (!json.isObject()) {
      return false;
    }
    if (isRow(json)) {
      return json.path("thread_id").isTextual() && json.has("event");
    }
    return json.has("payload")
        && json.path("agent").isTextual()
        && !json.has("run_id")
        && isSnakeCase(json.path("type").asText());
  }

  private static boolean isRow(JsonNode json) {
    return json.path("event_name").isTextual() && !json.has("type");
  }

  private static boolean isSnakeCase(String type) {
    return !type.isEmpty() && type.chars().allMatch(c -> c == '_' || (c >= 'a' && c <= 'z'));
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    JsonNode json = record.json();
    if (!json.isObject()) {
      return Decoded.Rejected.of(Code.INVALID_FIELD, "", "a record of agentic is a JSON object");
    }
    Fields f = Fields.of(json, "");
    return isRow(json) ? row(f, context, memory) : live(f, context, memory);
  }

  private static Decoded live(Fields f, Context context, Memory memory) {
    String type = f.id("type");
    if (type == null) {
      return Decoded.Rejected.of(Code.MISSING_FIELD, "/type", "type is required");
    }
    String run = context.run();
    if (run == null) {
      return Decoded.Rejected.of(
          Code.MISSING_FIELD,
          "/run_id",
          "events of agentic name no run: send the request_id of their stream as Ledgerline-Run");
    }
    String agent = f.id("agent");
    Rejection tooLong = f.refusal();
    if (tooLong != null) {
      return new Decoded.Rejected(tooLong);
    }
    Scope scope =
        Scope.of(run, context.thread(), agent == null ? context.agent() : agent)
            .withTask(context.task())
            .withDepth(f.small("depth", 0));
    AgenticRecord said = new AgenticRecord(f, said(f, "payload", type), scope, context, null);
    return done(null, new AgenticReading(said, memory).read(type), f);
  }

  private static Decoded row(Fields f, Context context, Memory memory) {
    String type = f.id("event_name");
    String id = f.id("id");
    String told = f.id("thread_id");
    String thread = told == null ? context.thread() : told;
    String agent = f.id("agent_id");
    String created = f.text("created_at");
    Instant at = created == null ? null : Timestamps.parseNaiveAsUtc(created);
    if (created != null && at == null) {
      f.noteInvalid();
    }
    Rejection tooLong = f.refusal();
    if (tooLong != null) {
      return new Decoded.Rejected(tooLong);
    }
    if (type == null) {
      return Decoded.Rejected.of(Code.MISSING_FIELD, "/event_name", "event_name is required");
    }
    if (thread == null && context.run() == null) {
      return Decoded.Rejected.of(
          Code.MISSING_FIELD, "/thread_id", "thread_id is required for a row of a log");
    }
    Scope scope =
        Scope.of(context.run(), thread, agent == null ? context.agent() : agent)
            .withTask(context.task())
            .withDepth(f.small("depth", 0));
    List<Draft> before = new ArrayList<>();
    boolean stray = false;
    String resumes = null;
    if (context.run() == null && thread != null) {
      Log log = memory.recall("log/" + thread, Log.class);
      AgenticRun current = log == null ? null : memory.recall("run/" + log.run(), AgenticRun.class);
      boolean begins = log == null || current == null || begins(type, agent, current);
      String run = begins || log == null ? thread + ":" + (id == null ? "1" : id) : log.run();
      scope = scope.withRun(run, RunIdQuality.DERIVED);
      stray = begins && current != null && current.phase() == Phase.ENDED && !isPrompt(type);
      if (begins && log != null && current != null && !isPrompt(type)) {
        resumes = current.phase() == Phase.WAITING ? log.run() : null;
      }
      if (begins && log != null && current != null && !current.concluded()) {
        AgenticEnd.of(log.run(), current, scope, at).ifPresent(before::add);
        memory.remember("run/" + log.run(), current.afterItsStream());
      }
      memory.remember("log/" + thread, new Log(run));
      memory.remember("log-of/" + streamOf(context), new LogOfStream(thread));
    }
    AgenticRecord said = new AgenticRecord(f, said(f, "event", type), scope, context, at);
    if (stray) {
      said.isStray();
    }
    AgenticReading reading = new AgenticReading(said, memory);
    if (resumes != null) {
      reading.resumes(resumes);
    }
    List<Draft> drafts = new ArrayList<>(reading.read(type));
    // After the first, which has the identity of the row; before what follows from the resumption.
    drafts.addAll(Math.min(1, drafts.size()), before);
    return done(id, drafts, f);
  }

  /** What an event carries: an object, only an output may be anything. */
  private static Fields said(Fields f, String name, String type) {
    return type.equals("output") && !f.node().path(name).isObject()
        ? Fields.of(MissingNode.getInstance(), f.pointer(name))
        : f.inside(name);
  }

  private static Decoded done(@Nullable String identity, List<Draft> drafts, Fields f) {
    Rejection tooLong = f.refusal();
    return tooLong == null ? new Decoded.Drafts(identity, drafts) : new Decoded.Rejected(tooLong);
  }

  /** Whether a row is the first of a run. */
  private static boolean begins(String type, @Nullable String agent, AgenticRun current) {
    return switch (current.phase()) {
      case WAITING -> !type.equals("resume_with_input");
      case ENDED -> true;
      case JOINED, RUNNING -> isPrompt(type) && current.root().equals(agent);
    };
  }

  private static boolean isPrompt(String type) {
    return type.equals("prompt_started");
  }

  private static String streamOf(Context context) {
    return context.stream() == null ? "" : context.stream();
  }

  @Override
  public List<Draft> endOfStream(Context context, Memory memory) {
    Scope scope = Scope.of(context.run(), context.thread(), null).withTask(context.task());
    String run = context.run();
    if (run == null) {
      LogOfStream newest = memory.recall("log-of/" + streamOf(context), LogOfStream.class);
      Log log = newest == null ? null : memory.recall("log/" + newest.thread(), Log.class);
      if (newest == null || log == null) {
        return List.of();
      }
      run = log.run();
      scope = scope.withRun(run, RunIdQuality.DERIVED).withThread(newest.thread());
    }
    AgenticRun state = memory.recall("run/" + run, AgenticRun.class);
    if (state == null || state.concluded()) {
      return List.of();
    }
    memory.remember("run/" + run, state.afterItsStream());
    return AgenticEnd.of(run, state, scope, null).map(List::of).orElse(List.of());
  }
}
