// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Agno 3.1, told by OpenInference 1.0. */
final class Agno implements Convention {
  /** The library's own words for a run that is paused. */
  private static final Pattern PAUSED =
      Pattern.compile(
          "I have tools to execute, but (?:I need|it needs) "
              + "(confirmation|user input|external execution)[^.]*\\.");

  @Override
  public boolean speaks(SpanView span) {
    // OpenLLMetry's instrumentation of Agno leaves a status unset that went well.
    return span.scope().equals("openinference.instrumentation.agno");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (reading.kind != StepKind.AGENT) {
      return;
    }
    reading.resumes = span.name().endsWith("continue_run");
    String output = span.attribute("output.value");
    Matcher paused = PAUSED.matcher(output == null ? "" : output.strip());
    if (paused.matches()) {
      String run = span.attribute("agno.run.id");
      String id = run == null ? span.text("spanId") : run;
      reading.waits(Waiting.open(id, kind(paused.group(1)), output, null));
      reading.ending = Spans.ending(span, reading);
    } else if (span.status() == SpanView.Status.UNSET) {
      // Whatever comes back sets it.
      reading.ending = State.CANCELED;
    }
  }

  private static WaitKind kind(String need) {
    return switch (need) {
      case "confirmation" -> WaitKind.APPROVAL;
      case "user input" -> WaitKind.HUMAN_INPUT;
      default -> WaitKind.TOOL_OUTPUT;
    };
  }
}
