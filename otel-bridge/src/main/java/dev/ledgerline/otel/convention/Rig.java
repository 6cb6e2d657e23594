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
 * Rig 0.44 (Rust), by tracing-opentelemetry. Its spans never fail: a run that came to its end says
 * so, and one that did not, for whatever reason, says nothing.
 */
final class Rig implements Convention {
  private static final Pattern CRATES = Pattern.compile("^rig(?:_core|_agent)?(?:::|$)");

  @Override
  public boolean speaks(SpanView span) {
    String target = span.attribute("target");
    return span.has("rig.completion_parent") || (target != null && CRATES.matcher(target).find());
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.TOOL_STATUS, List.of("gen_ai.tool.call.outcome")),
        entry(Meaning.ERROR_TYPE, List.of("gen_ai.tool.error.type")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    boolean agent = reading.kind == StepKind.AGENT;
    boolean finished = agent ? span.tells("Agent run finished") : span.has("gen_ai.response.id");
    if ((agent || reading.kind == StepKind.MODEL) && !finished && span.usage() == null) {
      reading.ending = State.INCOMPLETE;
    }
  }
}
