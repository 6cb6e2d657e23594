// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

/** What an attribute can tell. By which names is said by each {@link Convention}. */
public enum Meaning {
  OPERATION,
  /** The run, whatever traces it spans. */
  RUN,
  /** What the source calls the run that a trace is. */
  RUN_NAME,
  /** The run that called this one; told on the root of the called one. */
  CALLING_RUN,
  THREAD,
  AGENT,
  WORKFLOW,
  SERVICE,
  MODEL,
  TOOL,
  TOOL_CALL,
  /** The answer of a model: two spans that tell it tell one call. */
  MODEL_ANSWER,
  TOOL_ARGUMENTS,
  TOOL_STATUS,
  /** What the agent was asked, as text or messages. */
  PROMPT,
  /** What it answered in the end. */
  ANSWER,
  INPUT_TOKENS,
  OUTPUT_TOKENS,
  TOTAL_TOKENS,
  CACHE_READ_TOKENS,
  CACHE_WRITE_TOKENS,
  REASONING_TOKENS,
  COST_USD,
  ERROR_TYPE,
  EXCEPTION_TYPE,
  EXCEPTION_MESSAGE
}
