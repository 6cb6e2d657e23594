// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.run.RunFold;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpringAiTest {
  private final ToldSpans spring = new ToldSpans("org.springframework.boot");

  @ParameterizedTest
  @ValueSource(strings = {"framework", "execute_tool"}) // 1, 2
  void aClientIsARunWithItsToolsInItsConversation(String operation) throws Exception {
    spring
        .span(1, 2, "tool_call timetable")
        .in(1)
        .with("gen_ai.operation.name", operation)
        .with("spring.ai.kind", "tool_call")
        .with("spring.ai.tool.definition.name", "timetable")
        .tell();
    client().tell();

    RunFold run = spring.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals("t1", run.summary().thread());
    assertEquals(1, run.summary().toolCalls());
    assertEquals("timetable", run.steps().getFirst().name());
  }

  @Test
  void aClientThatFailsIsARunThatFails() throws Exception {
    client().failing("400").tell();

    assertEquals(State.FAILED, spring.run(trace(1)).state());
  }

  @ParameterizedTest
  @CsvSource({"3.5.6, 330", "4.0.0, 640"})
  void callsBetweenToolsCountThoseBeforeThemInTheFirstGeneration(String boot, long sum)
      throws Exception {
    ToldSpans generation = new ToldSpans("org.springframework.boot", boot);
    int told = 0;
    for (long tokens : new long[] {100, 210, 330}) {
      generation
          .span(1, 3 + told++, "chat gpt")
          .in(2)
          .with("gen_ai.operation.name", "chat")
          .with("spring.ai.model.request.tool.names", "[\"buy\"]")
          .with("gen_ai.usage.input_tokens", tokens)
          .tell();
    }

    assertEquals(sum, requireNonNull(generation.run(trace(1)).usage()).input());
  }

  private ToldSpans.Span client() {
    return spring
        .span(1, 1, "spring_ai chat_client")
        .with("gen_ai.operation.name", "framework")
        .with("spring.ai.kind", "chat_client")
        .with("spring.ai.chat.client.conversation.id", "t1");
  }
}
