// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LangfuseTest {
  private final ToldSpans langfuse = new ToldSpans("langfuse-sdk");

  @Test
  void anAgentIsARunWithWhatItSpentAndItsToolsThatFailed() throws Exception {
    told(2, "OpenAI.chat", "generation")
        .in(1)
        .with("langfuse.observation.model.name", "gpt")
        .with(
            "langfuse.observation.usage_details",
            "{\"input\":96,\"output\":17,\"total\":120,"
                + "\"input_cached_tokens\":4,\"output_reasoning_tokens\":3}")
        .tell();
    told(3, "buy", "tool")
        .in(1)
        .with("langfuse.observation.level", "ERROR")
        .with("langfuse.observation.status_message", "no such train")
        .tell();
    told(1, "desk", "agent")
        .with("session.id", "t1")
        .with("langfuse.observation.input", "When?")
        .tell();

    RunFold run = langfuse.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals(List.of("desk"), run.summary().agents());
    assertEquals("When?", run.summary().title());
    assertEquals("t1", run.summary().thread());
    assertEquals(1, run.summary().failedTools());
    assertEquals(new TokenUsage(100L, 20L, 120L, 4L, null, 3L, null), run.usage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"span", "chain", "agent", "generation"})
  void whateverIsOutermostTellsHowItWent(String type) throws Exception {
    told(1, "work", type).with("langfuse.observation.level", "ERROR").tell();

    assertEquals(State.FAILED, langfuse.run(trace(1)).state());
  }

  private ToldSpans.Span told(int id, String name, String type) {
    return langfuse.span(1, id, name).with("langfuse.observation.type", type);
  }
}
