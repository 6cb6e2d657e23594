// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.StepKind;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Agents hand over to others by calling tools that are named for it. */
final class Handover {
  private static final Pattern TOOL =
      // Semantic Kernel puts the name of a plugin before it.
      Pattern.compile("^(?:Handoff-)?(?:transfer_(?:back_)?to|handoff(?:_to)?)(?:_(\\w+))?$");

  /** Fields of the arguments that name who is next. */
  private static final List<String> NEXT =
      List.of("agent_name", "to_agent", "agent", "destination");

  private Handover() {}

  static void read(SpanView span, Reading reading) {
    if (reading.kind != StepKind.TOOL || reading.failed) {
      return;
    }
    Matcher tool = TOOL.matcher(reading.name);
    if (!tool.matches()) {
      return;
    }
    String to = tool.group(1);
    String told = span.string(Meaning.TOOL_ARGUMENTS);
    if (told == null) {
      told = span.attribute("input.value");
    }
    JsonNode arguments = told == null ? SpanView.parsed("") : SpanView.parsed(told);
    for (String field : NEXT) {
      JsonNode next =
          arguments.has(field) ? arguments.path(field) : arguments.at("/kwargs/" + field);
      if (next.isTextual()) {
        to = next.textValue();
      }
    }
    reading.more.add(new Fact.Handoff(reading.agent, to));
  }
}
