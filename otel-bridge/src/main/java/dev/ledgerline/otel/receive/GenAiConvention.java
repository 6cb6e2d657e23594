// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What attributes mean, by all the names that are in use. The semantic conventions for generative
 * AI have changed names twice and have not been released since they moved to a repository of their
 * own, and instrumentations have names that they lack; a new name is a new word in this table. Of
 * several names the first that a span has counts, so newer ones stand before older ones.
 *
 * <p>In the comments: 1.36 and 1.41 are tags of the semantic conventions, "main" is the state of
 * the GenAI repository in October 2026.
 */
enum GenAiConvention {
  OPERATION(
      "gen_ai.operation.name",
      "openinference.span.kind",
      "ai.operationId", // Vercel AI SDK, LegacyOpenTelemetry
      "traceloop.span.kind",
      "llm.request.type"), // OpenLLMetry

  RUN(
      "gen_ai.agent.execution.id", // main, proposed
      "gen_ai.agent.call.id"), // Pydantic AI

  /** The run that called this one; told on the root of the called one. */
  CALLING_RUN("baggage_conflict.gen_ai.agent.call.id"), // Pydantic AI with Logfire

  THREAD(
      "gen_ai.conversation.id",
      "session.id",
      "ai.telemetry.metadata.threadId",
      "ai.telemetry.metadata.sessionId",
      "traceloop.association.properties.thread_id",
      "traceloop.association.properties.session_id"),

  AGENT(
      "gen_ai.agent.name",
      "agent.name", // OpenInference
      "ai.telemetry.functionId"),

  WORKFLOW("gen_ai.workflow.name", "traceloop.workflow.name"),
  SERVICE("service.name"),

  MODEL(
      "gen_ai.response.model",
      "gen_ai.request.model",
      "llm.response.model_name",
      "llm.model_name",
      "ai.response.model",
      "ai.model.id"),

  TOOL("gen_ai.tool.name", "tool.name", "ai.toolCall.name"),
  TOOL_CALL("gen_ai.tool.call.id", "tool.id", "tool_call.id", "ai.toolCall.id"),
  TOOL_ARGUMENTS(
      "gen_ai.tool.call.arguments",
      "tool_arguments", // Pydantic AI up to its version 2
      "gcp.vertex.agent.tool_call_args", // Google ADK, schema 1
      "ai.toolCall.args"),
  TOOL_STATUS("gen_ai.tool.status"), // Strands

  /** What the agent was asked, as text or messages. */
  PROMPT(
      "gen_ai.input.messages", // 1.37 and later
      "pydantic_ai.all_messages",
      "ai.prompt",
      "input.value", // OpenInference
      "traceloop.entity.input",
      "content"), // up to 1.36: of the event gen_ai.user.message

  /** What it answered in the end. */
  ANSWER(
      "final_result", // Pydantic AI
      "gen_ai.output.messages", // 1.37 and later
      "ai.response.text",
      "output.value", // OpenInference
      "traceloop.entity.output",
      "message"), // up to 1.36: of the event gen_ai.choice

  INPUT_TOKENS(
      "gen_ai.usage.input_tokens", // 1.37 and later
      "gen_ai.usage.prompt_tokens", // up to 1.36
      "llm.token_count.prompt",
      "ai.usage.inputTokens",
      "ai.usage.promptTokens"),
  OUTPUT_TOKENS(
      "gen_ai.usage.output_tokens",
      "gen_ai.usage.completion_tokens",
      "llm.token_count.completion",
      "ai.usage.outputTokens",
      "ai.usage.completionTokens"),
  TOTAL_TOKENS(
      "gen_ai.usage.total_tokens",
      "llm.usage.total_tokens",
      "llm.token_count.total",
      "ai.usage.totalTokens"),
  CACHE_READ_TOKENS(
      "gen_ai.usage.cache_read.input_tokens",
      "gen_ai.usage.cache_read_input_tokens", // OpenLLMetry
      "llm.token_count.prompt_details.cache_read",
      "ai.usage.cachedInputTokens"),
  CACHE_WRITE_TOKENS(
      "gen_ai.usage.cache_write.input_tokens", // main
      "gen_ai.usage.cache_creation.input_tokens", // 1.37 to 1.41
      "gen_ai.usage.cache_creation_input_tokens", // OpenLLMetry
      "llm.token_count.prompt_details.cache_write"),
  REASONING_TOKENS(
      "gen_ai.usage.reasoning.output_tokens",
      "gen_ai.usage.reasoning_tokens", // OpenLLMetry
      "llm.token_count.completion_details.reasoning",
      "ai.usage.reasoningTokens"),
  COST_USD("llm.cost.total"),

  ERROR_TYPE("error.type"),
  EXCEPTION_TYPE("exception.type"),
  EXCEPTION_MESSAGE("exception.message"),

  /** A tool call that was put off until someone outside has done something. */
  DEFERRAL("pydantic_ai.tool.deferral.name"),

  CANCELLATION("strands.cancellation.type");

  private static final Map<String, StepKind> STEP_KINDS =
      Map.ofEntries(
          Map.entry("invoke_agent", StepKind.AGENT),
          Map.entry("chat", StepKind.MODEL),
          Map.entry("generate_content", StepKind.MODEL),
          Map.entry("text_completion", StepKind.MODEL),
          Map.entry("embeddings", StepKind.MODEL),
          Map.entry("execute_tool", StepKind.TOOL),
          // OpenInference
          Map.entry("AGENT", StepKind.AGENT),
          Map.entry("LLM", StepKind.MODEL),
          Map.entry("EMBEDDING", StepKind.MODEL),
          Map.entry("TOOL", StepKind.TOOL),
          // Vercel AI SDK
          Map.entry("ai.generateText", StepKind.AGENT),
          Map.entry("ai.streamText", StepKind.AGENT),
          Map.entry("ai.generateText.doGenerate", StepKind.MODEL),
          Map.entry("ai.streamText.doStream", StepKind.MODEL),
          Map.entry("ai.generateObject.doGenerate", StepKind.MODEL),
          Map.entry("ai.streamObject.doStream", StepKind.MODEL),
          Map.entry("ai.embed.doEmbed", StepKind.MODEL),
          Map.entry("ai.embedMany.doEmbed", StepKind.MODEL),
          Map.entry("ai.toolCall", StepKind.TOOL),
          // OpenLLMetry
          Map.entry("agent", StepKind.AGENT),
          Map.entry("tool", StepKind.TOOL),
          Map.entry("completion", StepKind.MODEL),
          Map.entry("embedding", StepKind.MODEL));

  /** Exceptions that are no failure: frameworks throw them to stop and wait for someone. */
  private static final Map<String, WaitKind> PAUSES =
      Map.of(
          "GraphInterrupt", WaitKind.HUMAN_INPUT, // LangGraph
          "NodeInterrupt", WaitKind.HUMAN_INPUT, // LangGraph before 1.0
          "WaitingForEvent", WaitKind.HUMAN_INPUT, // LlamaIndex
          "ApprovalRequired", WaitKind.APPROVAL, // Pydantic AI
          "CallDeferred", WaitKind.TOOL_OUTPUT); // Pydantic AI

  /** Exceptions that end a run otherwise than by failing. */
  private static final Map<String, State> ENDS =
      Map.of(
          "CancelledError", State.CANCELED,
          "KeyboardInterrupt", State.CANCELED,
          "AbortError", State.CANCELED,
          "TimeoutError", State.TIMED_OUT,
          "GraphRecursionError", State.INCOMPLETE, // LangGraph
          "UsageLimitExceeded", State.INCOMPLETE, // Pydantic AI
          "MaxTurnsExceeded", State.INCOMPLETE, // OpenAI Agents
          "MaxTokensReachedException", State.INCOMPLETE, // Strands
          "LlmCallsLimitExceededError", State.INCOMPLETE); // Google ADK

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> names;

  GenAiConvention(String... names) {
    this.names = List.of(names);
  }

  /** Its names, the one that counts most first. */
  List<String> names() {
    return names;
  }

  /** What an operation is; {@code OTHER} for those that we do not know. */
  static StepKind stepKind(@Nullable String operation) {
    return operation == null ? StepKind.OTHER : STEP_KINDS.getOrDefault(operation, StepKind.OTHER);
  }

  /** What an exception of that type (with or without its package) waits for; null for errors. */
  static @Nullable WaitKind pause(String exceptionType) {
    return PAUSES.get(simpleName(exceptionType));
  }

  /** How a run ends that ends with an exception of that type. */
  static State end(String exceptionType) {
    return ENDS.getOrDefault(simpleName(exceptionType), State.FAILED);
  }

  private static String simpleName(String type) {
    return type.substring(type.lastIndexOf('.') + 1);
  }
}
