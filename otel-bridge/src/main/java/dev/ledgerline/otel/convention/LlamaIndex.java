// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** LlamaIndex 0.14 with workflows 2, told by OpenInference 4. */
final class LlamaIndex implements Convention {
  private static final Pattern AGENT =
      Pattern.compile("current_agent_name\\\\?[\"']?\\s*[:=]\\s*\\\\?[\"']([^\"'\\\\]{1,200})");

  @Override
  public boolean speaks(SpanView span) {
    return span.instruments("llama_index");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (span.name().endsWith("._prepare_chat_with_tools")) {
      reading.isPart(span.name());
      return;
    }
    if (reading.kind == StepKind.AGENT) {
      reading.agent = null;
    }
    if (span.name().endsWith(".run_agent_step") || span.name().endsWith(".setup_agent")) {
      for (String told : new String[] {"input.value", "output.value"}) {
        String text = span.attribute(told);
        Matcher agent = AGENT.matcher(text == null ? "" : text);
        if (reading.agent == null && agent.find()) {
          reading.agent = agent.group(1);
        }
      }
    }
    if (reading.ending == State.COMPLETED && span.tells("span.cancelled")) {
      reading.ending = State.CANCELED;
    }
    if (reading.kind == StepKind.TOOL) {
      tool(reading);
    }
  }

  /** A tool that waits is called again from the beginning; nothing but its name says so. */
  private static void tool(Reading reading) {
    String wait = "tool:" + reading.name;
    if (!reading.waits.isEmpty()) {
      Waiting interrupt = reading.waits.removeFirst();
      reading.waits(Waiting.open(wait, interrupt.kind(), interrupt.prompt(), null));
      reading.kind = StepKind.WAIT;
    } else if (!reading.failed) {
      reading.more.add(
          new Fact.WaitResolved(wait, WaitOutcome.ANSWERED, null, null, Quality.DERIVED));
    }
  }
}
