// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Temporal's Python SDK 1.35: its interceptor, whose spans of workflows are moments, and the newer
 * plug-in, whose spans last as long as the workflow. An activity that calls a model by name is
 * taken to enclose a call that tells itself.
 */
final class Temporal implements Convention {
  private static final Pattern MODEL_CALL = Pattern.compile("(^|_)(llm|model)(_|$)");

  @Override
  public boolean speaks(SpanView span) {
    return span.has("temporalWorkflowID");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(entry(Meaning.THREAD, List.of("temporalWorkflowID")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    reading.run = span.attribute("temporalRunID");
    int colon = span.name().indexOf(':');
    String act = colon < 0 ? span.name() : span.name().substring(0, colon);
    String subject = span.name().substring(colon + 1);
    switch (act) {
      case "RunWorkflow", "CompleteWorkflow" -> workflow(span, reading, act, subject);
      case "RunActivity" -> activity(span, reading, subject);
      default -> {
        reading.isWork();
        reading.noise = reading.run == null || act.equals("HandleQuery");
      }
    }
  }

  private static void workflow(SpanView span, Reading reading, String act, String type) {
    reading.kind = StepKind.AGENT;
    reading.name = type;
    reading.agent = type;
    reading.outermost = true;
    boolean lasts = span.scope().endsWith("_otel_interceptor");
    boolean ends = lasts ? act.equals("RunWorkflow") : act.equals("CompleteWorkflow");
    if (!ends) {
      reading.ending = null;
      return;
    }
    List<String> exceptions = span.exceptionTypes();
    String how = String.join(" ", exceptions) + " " + span.ofEvents("exception.message");
    if (how.contains("ContinueAsNew")) {
      reading.ending = State.SUPERSEDED;
    } else if (how.contains("cancelled") || how.contains("CancelledError")) {
      reading.ending = State.CANCELED;
    } else {
      reading.failed |= !exceptions.isEmpty();
      reading.ending = reading.failed ? Endings.of(span) : State.COMPLETED;
    }
  }

  private static void activity(SpanView span, Reading reading, String type) {
    if (MODEL_CALL.matcher(type).find()) {
      reading.isPart(type);
      // What it encloses bears the id of the trace only.
      reading.whole = reading.run;
      return;
    }
    reading.kind = StepKind.TOOL;
    reading.name = type;
    reading.callId = span.attribute("temporalActivityID");
  }
}
