// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that a span shows to have stood still.
 *
 * @param id unique within the run
 * @param callId the tool call that waits, if it is one
 * @param opened null: as the span ended
 * @param outcome null while it is open
 * @param resolved when it was over; null: as the span ended
 */
record Waiting(
    String id,
    WaitKind kind,
    @Nullable String prompt,
    @Nullable String callId,
    @Nullable Instant opened,
    @Nullable WaitOutcome outcome,
    @Nullable Instant resolved) {

  /** What was asked at the end of the span was not waited for. */
  static Waiting refused(SpanView span, WaitKind kind) {
    return new Waiting(
        span.text("spanId"), kind, span.error(), null, null, WaitOutcome.UNKNOWN, null);
  }

  /** The same, over. */
  Waiting over(WaitOutcome outcome, @Nullable Instant resolved) {
    return new Waiting(id, kind, prompt, callId, opened, outcome, resolved);
  }

  /** Nobody has answered when the span ends. */
  static Waiting open(String id, WaitKind kind, @Nullable String prompt, @Nullable String callId) {
    return new Waiting(id, kind, prompt, callId, null, null, null);
  }

  /** Somebody was asked as the span began, and it does not say what came of it. */
  static Waiting openFrom(SpanView span, String id, WaitKind kind) {
    return new Waiting(id, kind, null, null, span.time("startTimeUnixNano"), null, null);
  }

  /** The span is the wait from its beginning to its end. */
  static Waiting over(SpanView span, WaitKind kind, @Nullable String prompt, WaitOutcome outcome) {
    Instant start = span.time("startTimeUnixNano");
    return new Waiting(span.text("spanId"), kind, prompt, null, start, outcome, null);
  }
}
