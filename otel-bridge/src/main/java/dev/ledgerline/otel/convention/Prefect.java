// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Prefect 3.8. Its state changes are events of the span, the last of them counts. */
final class Prefect implements Convention {
  /** Runs of one task are told apart by a few hex digits behind its name. */
  private static final Pattern SUFFIX = Pattern.compile("-[0-9a-f]{3}$");

  private static final Pattern MODEL_CALL = Pattern.compile("^llm[-_]");

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("prefect") && span.has("prefect.run.type");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String type = span.ofEvents("prefect.state.type");
    State ended = ended(type, span.ofEvents("prefect.state.name"));
    reading.failed |= ended == State.FAILED || ended == State.TIMED_OUT;
    if ("flow".equals(span.attribute("prefect.run.type"))) {
      reading.kind = StepKind.AGENT;
      reading.runName = span.attribute("prefect.run.id");
      reading.thread = reading.runName;
      reading.ending = ended;
      waits(span, reading);
    } else if (MODEL_CALL.matcher(span.name()).find()) {
      reading.isPart(span.name());
    } else {
      reading.kind = StepKind.TOOL;
      reading.name = SUFFIX.matcher(span.name()).replaceFirst("");
      reading.callId = span.attribute("prefect.run.id");
    }
  }

  /** The whole flow stood still between two of its states. */
  private static void waits(SpanView span, Reading reading) {
    Waiting open = null;
    for (SpanView.Moment moment : span.moments()) {
      String state = moment.attribute("prefect.state.id");
      String type = moment.attribute("prefect.state.type");
      if (state == null || type == null) {
        continue;
      }
      if (open != null) {
        boolean timer = open.kind() == WaitKind.TIMER;
        WaitOutcome outcome = timer ? WaitOutcome.EXPIRED : WaitOutcome.ANSWERED;
        reading.waits(open.over(type.equals("RUNNING") ? outcome : WaitOutcome.UNKNOWN, moment.at));
        open = null;
      }
      boolean retries = moment.name.equals("AwaitingRetry");
      if (retries || type.equals("PAUSED")) {
        WaitKind kind = retries ? WaitKind.TIMER : WaitKind.HUMAN_INPUT;
        String why = moment.attribute("prefect.state.message");
        open = new Waiting(state, kind, why, null, moment.at, null, null);
      }
    }
    if (open != null) {
      reading.waits(open);
    }
  }

  private static @Nullable State ended(@Nullable String type, @Nullable String name) {
    return switch (type == null ? "" : type) {
      case "COMPLETED" -> State.COMPLETED;
      case "FAILED" -> "TimedOut".equals(name) ? State.TIMED_OUT : State.FAILED;
      case "CRASHED" -> State.FAILED;
      case "CANCELLED" -> State.CANCELED;
      case "PAUSED" -> State.SUSPENDED;
      default -> null;
    };
  }
}
