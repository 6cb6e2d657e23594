// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.query.EventView;
import dev.ledgerline.web.Shown;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the list of events shows of one: little, since a session keeps the rows that are in view.
 */
record EventRow(
    long seq,
    Kind kind,
    String flags,
    String text,
    @Nullable String agent,
    Instant at,
    boolean failed) {
  private static final int MAX_INDENT = 8;

  /** Of an event of a run. */
  static EventRow of(EventView view) {
    Event event = view.event();
    Long seq = view.seq();
    return new EventRow(
        seq == null ? 0 : seq,
        event.kind(),
        view.flags().stream()
            .map(Flag::word)
            .map(word -> word.replace('_', ' '))
            .sorted()
            .collect(Collectors.joining(", ")),
        text(event),
        event.scope().agent(),
        event.at(),
        failed(event.fact()));
  }

  private static boolean failed(Fact fact) {
    return switch (fact) {
      case Fact.ErrorReported _ -> true;
      case Fact.ToolResult result -> result.outcome() == ToolOutcome.FAILED;
      case Fact.ModelResponse response -> response.error() != null;
      case Fact.SpanRecorded span -> span.outcome() == ToolOutcome.FAILED;
      default -> false;
    };
  }

  private static String text(Event event) {
    String tool = tool(event.fact());
    String summary = event.summary();
    String name = tool == null || summary.startsWith(tool) ? "" : tool + "  ";
    String text = name + (summary.isEmpty() && name.isEmpty() ? event.nativeType() : summary);
    Integer depth = event.scope().depth();
    return "  ".repeat(depth == null ? 0 : Math.min(MAX_INDENT, depth)) + Shown.text(text);
  }

  /** Read from the fact, not from the record: a list does not parse what it does not show. */
  private static @Nullable String tool(Fact fact) {
    return switch (fact) {
      case Fact.ToolCall call -> call.name();
      case Fact.ToolProgress progress -> progress.name();
      case Fact.ToolResult result -> result.name();
      case Fact.SpanRecorded span when span.stepKind() == StepKind.TOOL -> span.name();
      default -> null;
    };
  }
}
