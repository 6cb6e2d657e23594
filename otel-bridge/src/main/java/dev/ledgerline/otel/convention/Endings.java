// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a run ends that ends with an error: by far not every exception is a failure. */
final class Endings {
  private static final Map<String, State> BY_TYPE =
      Map.ofEntries(
          Map.entry("CancelledError", State.CANCELED), // Python
          Map.entry("KeyboardInterrupt", State.CANCELED),
          Map.entry("AbortError", State.CANCELED), // JavaScript
          Map.entry("APIUserAbortError", State.CANCELED), // JavaScript: OpenAI, Anthropic
          Map.entry("Cancelled", State.CANCELED),
          Map.entry("OperationCanceledException", State.CANCELED), // .NET
          Map.entry("TaskCanceledException", State.CANCELED),
          Map.entry("TimeoutError", State.TIMED_OUT),
          Map.entry("WorkflowTimeoutError", State.TIMED_OUT), // LlamaIndex
          Map.entry("GraphRecursionError", State.INCOMPLETE), // LangGraph
          Map.entry("UsageLimitExceeded", State.INCOMPLETE), // Pydantic AI
          Map.entry("MaxTurnsExceeded", State.INCOMPLETE), // OpenAI Agents
          Map.entry("MaxTokensReachedException", State.INCOMPLETE), // Strands
          Map.entry("AgentMaxStepsError", State.INCOMPLETE), // smolagents
          Map.entry("WorkflowConvergenceException", State.INCOMPLETE), // Agent Framework
          Map.entry("LlmCallsLimitExceededError", State.INCOMPLETE)); // Google ADK

  /** What errors say of themselves. */
  private record Saying(Pattern words, State state) {
    static Saying of(String words, State state) {
      return new Saying(Pattern.compile(words), state);
    }
  }

  /** Where there is no type, or one that says nothing; of several the first, which says most. */
  private static final List<Saying> BY_MESSAGE =
      List.of(
          Saying.of("^Max turns exceeded", State.INCOMPLETE), // OpenAI Agents
          Saying.of("^Runner did not converge", State.INCOMPLETE), // Agent Framework
          Saying.of("^Max iterations of \\d+ reached", State.INCOMPLETE), // LlamaIndex
          Saying.of("^Recursion limit of \\d+ reached", State.INCOMPLETE), // LangGraph.js
          Saying.of("execution timed out after", State.TIMED_OUT), // CrewAI
          Saying.of("\\bcontext deadline exceeded$", State.TIMED_OUT), // Go
          Saying.of("\\bcontext canceled$", State.CANCELED), // Go
          Saying.of("\\bRequest was aborted\\.$", State.CANCELED), // JavaScript: OpenAI
          Saying.of("^Abort(?:\\R|$)", State.CANCELED), // LangGraph.js
          Saying.of("^Span orphaned", State.CANCELED)); // CrewAI

  private static final Pattern TYPE = Pattern.compile("^[\\w.]*?(\\w+)(?:\\(|:|$)");

  private Endings() {}

  /** How a run ends whose outermost span failed. */
  static State of(SpanView span) {
    List<String> types = span.exceptionTypes();
    for (int i = types.size() - 1; i >= 0; i--) {
      State state = BY_TYPE.get(simpleName(types.get(i)));
      if (state != null) {
        return state;
      }
    }
    String message = span.error();
    if (message == null) {
      return State.FAILED;
    }
    Matcher type = TYPE.matcher(message.lines().findFirst().orElse(""));
    State byType = type.find() ? BY_TYPE.get(type.group(1)) : null;
    if (byType != null) {
      return byType;
    }
    return BY_MESSAGE.stream()
        .filter(known -> known.words().matcher(message).find())
        .map(Saying::state)
        .findFirst()
        .orElse(State.FAILED);
  }

  static String simpleName(String type) {
    return type.substring(type.lastIndexOf('.') + 1);
  }
}
