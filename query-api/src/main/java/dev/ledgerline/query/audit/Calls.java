// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.query.EventView;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.audit.LoopFold;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a run, compared by tool and arguments; the order of keys makes no difference. A call
 * that is told again under the same call id is the same call.
 *
 * @param judged calls that were looked at
 * @param complete whether those were all
 */
record Calls(List<LoopFold.Loop> loops, int judged, boolean complete) {
  /** The first so many calls of a run are looked at, */
  private static final int MAX_CALLS = 20_000;

  /** and not more than so many bytes of records. */
  private static final long MAX_BYTES = 64L << 20;

  /** Arguments that are nested deeper are equal there. */
  private static final int MAX_DEPTH = 100;

  private record Call(
      long order, long seq, @Nullable String agent, @Nullable String tool, long args) {}

  static Calls of(Runs runs, RunKey run) throws UnansweredException, IOException {
    List<Call> calls = new ArrayList<>();
    Set<String> told = new HashSet<>();
    Set<Kind> kinds = EnumSet.of(Kind.TOOL_CALL, Kind.TOOL_RESULT, Kind.SPAN);
    long bytes = 0;
    String cursor = null;
    do {
      Page<EventView> page = runs.events(run, 0, kinds, Runs.MAX_PAGE, cursor);
      for (EventView event : page.items()) {
        bytes += event.originalBytes();
        Call call = isNew(event.event(), told) ? call(event) : null;
        if (call != null) {
          calls.add(call);
        }
      }
      cursor = page.next();
    } while (cursor != null && calls.size() < MAX_CALLS && bytes < MAX_BYTES);
    calls.sort(Comparator.comparingLong(Call::order).thenComparingLong(Call::seq));
    LoopFold fold = new LoopFold();
    calls.forEach(call -> fold.call(call.agent, call.tool, call.args, call.seq));
    return new Calls(fold.loops(), calls.size(), cursor == null);
  }

  /** Whether a call begins with this event that was not told before. */
  private static boolean isNew(Event event, Set<String> told) {
    String id;
    switch (event.fact()) {
      case Fact.ToolCall call -> id = call.callId();
      case Fact.ToolResult result when result.opens() -> id = result.callId();
      case Fact.SpanRecorded span when span.stepKind() == StepKind.TOOL -> id = span.spanId();
      default -> {
        return false;
      }
    }
    return id == null || told.add(event.scope().turn() + "\u0000" + id);
  }

  private static @Nullable Call call(EventView event) {
    Long seq = event.seq();
    EventView.Tool tool = event.tool();
    if (seq == null || tool == null) {
      return null;
    }
    JsonNode args = tool.args();
    long hash = args == null ? hash(event.event().summary()) : hash(args, 0);
    Long order = event.order();
    return new Call(
        order == null ? 0 : order, seq, event.event().scope().agent(), tool.name(), hash);
  }

  private static long hash(JsonNode node, int depth) {
    if (depth > MAX_DEPTH) {
      return 0;
    }
    if (node.isObject()) {
      long sum = 17;
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        sum += mixed(hash(field.getKey()) * 31 + hash(field.getValue(), depth + 1));
      }
      return sum;
    }
    if (node.isArray()) {
      long sum = 19;
      for (JsonNode item : node) {
        sum = mixed(sum * 31 + hash(item, depth + 1));
      }
      return sum;
    }
    return mixed(hash(node.asText()) * 31 + node.getNodeType().ordinal());
  }

  private static long hash(String text) {
    long hash = 0;
    for (int i = 0; i < text.length(); i++) {
      hash = hash * 0x100000001B3L + text.charAt(i);
    }
    return mixed(hash);
  }

  /** Spreads the bits of a number over all of it, so that sums of such numbers hardly meet. */
  private static long mixed(long number) {
    long z = number + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
