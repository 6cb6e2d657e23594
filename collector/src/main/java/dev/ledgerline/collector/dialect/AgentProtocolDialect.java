// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Rejection.Code;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.TimeQuality;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Agent Protocol, and the native form, which is its superset ({@link NativeFacts} knows the
 * types). A record is an event, a request, or a line of a recorded HTTP exchange ({@code {ts,
 * direction, route, event|body}}) of which only those with an {@code event} say something about a
 * run.
 *
 * <p>It remembers nothing, so records are read in parallel and in any order.
 */
public final class AgentProtocolDialect implements Dialect {
  public static final String NAME = "agent-protocol";

  private static final List<String> ROUTES_WITH_A_RUN = List.of("/get_events/", "/runs/");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public boolean claims(RawRecord record) {
    JsonNode json = record.json();
    if (!json.isObject()) {
      return false;
    }
    JsonNode type = json.get("type");
    if (type == null) {
      return isExchange(json) || (isEnvelope(json) && !json.has("event_name"));
    }
    if (json.path("payload").isContainerNode()) {
      return false; // agentic and Codex rollouts keep their fields there
    }
    if (!type.isTextual()) {
      return isEnvelope(json);
    }
    String name = type.textValue();
    return NativeFacts.isOfTheProtocol(name)
        || json.path("run_id").isTextual()
        || (isCamelCase(name)
            && (json.has("thread_id") || json.has("id") || json.has("agent") || json.has("depth")));
  }

  /** An event that lost its type; claimed so that its sender is told what is missing. */
  private static boolean isEnvelope(JsonNode json) {
    return json.path("run_id").isTextual()
        && (json.has("agent") || json.has("thread_id") || json.has("depth") || json.has("role"));
  }

  private static boolean isExchange(JsonNode json) {
    return json.path("direction").isTextual() && json.path("route").isTextual();
  }

  private static boolean isCamelCase(String name) {
    if (name.isEmpty() || name.charAt(0) < 'A' || name.charAt(0) > 'Z') {
      return false;
    }
    boolean lower = false;
    for (int i = 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Character.isLetterOrDigit(c)) {
        return false;
      }
      lower |= Character.isLowerCase(c);
    }
    return lower;
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    JsonNode json = record.json();
    if (!json.isObject()) {
      return Decoded.Rejected.of(Code.INVALID_FIELD, "", "an event is a JSON object");
    }
    if (!json.has("type") && isExchange(json)) {
      return exchange(json, context);
    }
    return event(Fields.of(json, ""), context, null, null);
  }

  private static Decoded exchange(JsonNode json, Context context) {
    Fields line = Fields.of(json, "");
    Instant ts = line.time("ts");
    String route = json.path("route").textValue();
    if (json.path("event").isObject()) {
      return event(line.inside("event"), context, ts, runOf(route));
    }
    String summary =
        Brief.line(
            json.path("direction").textValue(), route, json.path("body").path("type").asText());
    Draft said =
        Draft.of(Scope.NONE, "exchange", new Fact.LogLine(null), summary)
            .at(ts)
            .withFlags(line.sawInvalid() ? Set.of(Flag.INVALID_FIELD) : Set.of());
    return Decoded.Drafts.of(null, said);
  }

  /** The run that a route of the protocol names, null where it names none. */
  private static @Nullable String runOf(String route) {
    for (String prefix : ROUTES_WITH_A_RUN) {
      int start = route.indexOf(prefix);
      if (start >= 0) {
        start += prefix.length();
        int end = start;
        while (end < route.length() && "?/ #".indexOf(route.charAt(end)) < 0) {
          end++;
        }
        if (end > start) {
          return percentDecoded(route.substring(start, end));
        }
      }
    }
    return null;
  }

  private static @Nullable String percentDecoded(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Decoded event(
      Fields f, Context context, @Nullable Instant ts, @Nullable String routeRun) {
    String type = f.text("type");
    if (type == null || type.isEmpty()) {
      return Decoded.Rejected.of(Code.MISSING_FIELD, f.pointer("type"), "type is required");
    }
    String ownRun = f.id("run_id");
    String run = ownRun != null ? ownRun : routeRun != null ? routeRun : context.run();
    String ownTask = f.id("task_id");
    String task = ownTask != null ? ownTask : NativeFacts.subject(type, "task", f);
    task = task != null ? task : context.task();
    String ownThread = f.id("thread_id");
    String thread = ownThread != null ? ownThread : NativeFacts.subject(type, "thread", f);
    thread = thread != null ? thread : context.thread();
    if (run == null && !NativeFacts.standsWithoutRun(type, f, task, thread)) {
      return Decoded.Rejected.of(
          Code.MISSING_FIELD, f.pointer("run_id"), "run_id is required for type " + type);
    }
    String parentRun = f.id("parent_run_id");
    Integer depth = f.small("depth", 0);
    String ownAgent = f.id("agent");
    Scope scope =
        new Scope(
            run,
            runIdQuality(run, f),
            thread,
            task,
            f.id("turn_id"),
            ownAgent != null ? ownAgent : context.agent(),
            parentRun,
            f.id("continues_run_id"),
            depth,
            f.small(NativeFacts.attemptField(type), 0),
            f.id("trace_id"));

    NativeFacts.Read read = NativeFacts.read(type, f);
    String nativeId = null;
    String identity = null;
    Long order = f.count("order");
    JsonNode id = NativeFacts.idIsTheEvents(type) ? f.present("id") : null;
    if (id != null) {
      boolean number = id.isIntegralNumber();
      if (number || (id.isTextual() && !id.textValue().isEmpty())) {
        nativeId = id.asText();
        f.checkLength(nativeId, "id");
        identity = identity(run, number, nativeId);
        if (number && order == null && id.canConvertToLong()) {
          order = id.longValue();
        }
      } else {
        f.noteInvalid();
      }
    }
    Instant occurredAt = f.time("timestamp");
    if (occurredAt == null) {
      occurredAt = ts;
    }
    Rejection refusal = f.refusal();
    if (refusal != null) {
      return new Decoded.Rejected(refusal);
    }

    boolean below = depth != null && depth > 0; // sub-agents have names and runs of their own
    boolean mismatch =
        (Oddities.differ(ownRun, context.run()) && !below)
            || Oddities.differ(ownThread, context.thread())
            || Oddities.differ(ownTask, context.task())
            || (Oddities.differ(ownAgent, context.agent()) && !below);
    Draft draft =
        new Draft(
            scope,
            type,
            nativeId,
            occurredAt,
            timeQuality(occurredAt, f),
            order,
            read.fact(),
            Oddities.of(f.sawInvalid(), mismatch, !read.known()),
            read.summary());
    return Decoded.Drafts.of(identity, draft);
  }

  /** Native, unless who wrote the record says that it had to make the id up. */
  private static RunIdQuality runIdQuality(@Nullable String run, Fields f) {
    RunIdQuality told = f.word(RunIdQuality.class, "run_id_quality");
    return run == null
        ? RunIdQuality.ABSENT
        : told == RunIdQuality.DERIVED ? told : RunIdQuality.NATIVE;
  }

  private static TimeQuality timeQuality(@Nullable Instant occurredAt, Fields f) {
    TimeQuality told = f.word(TimeQuality.class, "time_quality");
    return occurredAt == null
        ? TimeQuality.INGEST
        : told == TimeQuality.DERIVED ? told : TimeQuality.SOURCE;
  }

  /** Ids are unique within a run only, and {@code "9"} is not {@code 9}. */
  private static String identity(@Nullable String run, boolean number, String id) {
    int runLength =
        run == null ? -1 : run.length(); // keeps apart where the run ends and the id begins
    return (number ? "n" : "s") + runLength + ":" + (run == null ? "" : run) + id;
  }
}
