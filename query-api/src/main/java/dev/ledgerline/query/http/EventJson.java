// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Scope;
import dev.ledgerline.query.EventView;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** An event, read back; how much of it depends on where it is shown. */
enum EventJson implements JsonOut.Shape<EventView> {
  /** Everything but the record. */
  PLAIN(false, false),
  /** With the record as JSON. */
  WITH_PAYLOAD(true, false),
  /** With the record as JSON and as received. */
  WHOLE(true, true);

  private final boolean payload;
  private final boolean original;

  EventJson(boolean payload, boolean original) {
    this.payload = payload;
    this.original = original;
  }

  @Override
  public void write(JsonOut out, EventView view) throws IOException {
    Event event = view.event();
    Scope scope = event.scope();
    out.object(
        o -> {
          o.number("seq", view.seq())
              .number("order", view.order())
              .text("event_id", event.id().toString())
              .text("position", view.position().toString())
              .time("occurred_at", event.occurredAt())
              .time("observed_at", event.observedAt())
              .word("time_quality", event.timeQuality())
              .text("dialect", event.dialect())
              .text("source", event.source())
              .text("native_type", event.nativeType())
              .text("native_id", event.nativeId())
              .text("run_id", scope.run())
              .text("thread_id", scope.thread())
              .text("task_id", scope.task())
              .text("turn_id", scope.turn())
              .text("agent", scope.agent())
              .number("depth", scope.depth())
              .number("parent_seq", view.parentSeq())
              .text("step_id", view.stepId())
              .word("kind", event.kind())
              .text("summary", event.summary())
              .thing("tool", view.tool(), EventJson::writeTool)
              .texts("flags", words(view.flags()));
          if (payload) {
            o.json("payload", view.payload());
          }
          if (original) {
            o.maybeTexts("unmapped_attributes", view.unmapped()).text("original", view.original());
          }
        });
  }

  private static void writeTool(JsonOut out, EventView.Tool tool) throws IOException {
    out.object(
        o -> o.text("name", tool.name()).text("call_id", tool.callId()).json("args", tool.args()));
  }

  /** In the order of api.md, so that equal events look equal. */
  private static List<String> words(Set<Flag> flags) {
    return flags.stream().sorted().map(Flag::word).toList();
  }
}
