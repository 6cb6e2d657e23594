// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CrewAI 1.15, its own spans; and what OpenInference 1 and OpenLLMetry 0.62 make of it. */
final class CrewAi implements Convention {
  /** OpenInference names the span of an agent after its role and its task. */
  private static final Pattern ROLE = Pattern.compile("^(.+?)\\.[^.]*\\._execute_core$");

  /** The framework's own words for a call that it could not make; its span looks well. */
  private static final Pattern NOT_CALLED =
      Pattern.compile("^[\\s\"]*(?:\\\\n)*Error executing tool\\.", Pattern.CASE_INSENSITIVE);

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("crewai") || span.instruments("crewai");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(entry(Meaning.RUN_NAME, List.of("crewai.execution_uuid")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (!span.scope().equals("crewai")) {
      Matcher role = ROLE.matcher(span.name());
      if (reading.kind == StepKind.AGENT) {
        reading.agent = role.matches() ? role.group(1) : null;
        reading.name = role.matches() ? role.group(1) : reading.name;
      }
      return;
    }
    // It says the task where a conversation belongs.
    reading.thread = span.attribute("crewai.flow.id");
    String agent = span.attribute("crewai.agent.role");
    reading.agent = agent;
    switch (span.name()) {
      case "execute agent" -> reading.name = agent == null ? reading.name : agent;
      // A failure is told again beside the call; a method may bear a model's attributes.
      case "tool failure", "call method", "execute task", "evaluate guardrail" ->
          reading.isPart(span.name());
      case "execute flow" -> flow(span, reading);
      case "call tool" -> tool(span, reading);
      default -> {}
    }
  }

  private static void flow(SpanView span, Reading reading) {
    reading.answered = span.linkedTrace(); // a flow that goes on links to where it was paused
    if ("flow_paused".equals(span.attribute("crewai.event_name"))) {
      String question = span.attribute("crewai.human_feedback.message");
      String method = span.attribute("crewai.human_feedback.method_name");
      String id = span.attribute("crewai.flow.id") + "/" + method;
      WaitKind kind =
          span.has("crewai.human_feedback.emit") ? WaitKind.APPROVAL : WaitKind.HUMAN_INPUT;
      reading.waits(Waiting.open(id, kind, question, null));
      reading.ending = State.SUSPENDED;
    }
  }

  private static void tool(SpanView span, Reading reading) {
    String result = span.attribute("gen_ai.tool.call.result");
    if (result != null && NOT_CALLED.matcher(result).find()) {
      reading.failed = true;
      reading.error = Spans.firstLine(result.replace("\\n", " "));
    }
  }
}
