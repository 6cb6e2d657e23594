// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.run.RunFold;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LangChain.js by OpenInference, which says an error and behind it its stack. */
class LangChainJsTest {
  private final ToldSpans langchain =
      new ToldSpans("@arizeai/openinference-instrumentation-langchain");

  @Test
  void anInterruptOfTheMiddlewareAsksForLeaveToCallEachToolOnce() throws Exception {
    String interrupt =
        """
        [
          {
            "id": "eebea52c43453432b90e1cc9d7ef68d8",
            "value": {
              "actionRequests": [
                {
                  "name": "pay",
                  "args": {
                    "amount": 12
                  }
                }
              ]
            }
          }
        ]""";
    langchain
        .span(1, 2, "HumanInTheLoopMiddleware.after_model")
        .in(1)
        .with("openinference.span.kind", "CHAIN")
        .failing(interrupt + "\n\nGraphInterrupt: " + interrupt + "\n    at x.js:1:1")
        .tell();
    chain().tell();

    RunFold run = langchain.run(trace(1));
    assertEquals(State.SUSPENDED, run.state());
    assertEquals(WaitKind.APPROVAL, run.waits().getFirst().kind());
    assertEquals("May pay run?", run.waits().getFirst().prompt());
    assertEquals(1, run.summary().toolCalls());
  }

  @ParameterizedTest
  @CsvSource({
    "'Abort', Error, CANCELED",
    "'Recursion limit of 6 reached without hitting a stop condition.', Error, INCOMPLETE",
    "'Abort the mission', Error, FAILED"
  })
  void anErrorIsReadByItsMessage(String message, String type, State state) throws Exception {
    chain().failing(message + "\n\n" + type + ": " + message + "\n    at x.js:1:1").tell();

    assertEquals(state, langchain.run(trace(1)).state());
  }

  @ParameterizedTest
  @CsvSource({"20, AbortError, CANCELED", "ABORT_ERR, AbortError, CANCELED", "23, Error, FAILED"})
  void aTypeThatIsACodeIsReadFromTheStack(String code, String type, State state) throws Exception {
    chain()
        .failing("It ended")
        .happened(
            "exception",
            1,
            "exception.type",
            code,
            "exception.stacktrace",
            type + ": It ended\n    at x.js:1:1")
        .tell();

    assertEquals(state, langchain.run(trace(1)).state());
  }

  private ToldSpans.Span chain() {
    return langchain.span(1, 1, "desk").with("openinference.span.kind", "CHAIN");
  }
}
