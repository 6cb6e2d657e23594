// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import java.util.List;

/** All conventions, and what they say together. */
final class Conventions {
  /**
   * In the order in which their names count and in which they look at a span: those that many
   * libraries share first, the single libraries after them.
   */
  static final List<Convention> ALL =
      List.of(
          new GenAi(),
          new OpenInference(),
          new OpenLlmetry(),
          new VercelAi(),
          new VercelAi7(),
          new LangSmith(),
          new Langfuse(),
          new Mcp(),
          new Mastra(),
          new Genkit(),
          new VoltAgent(),
          new Rig(),
          new SpringAi(),
          new LangGraph(),
          new LlamaIndex(),
          new Smolagents(),
          new OpenAiAgents(),
          new BeeAi(),
          new PydanticAi(),
          new GoogleAdk(),
          new Strands(),
          new AgentFramework(),
          new AutoGen(),
          new Ag2(),
          new AtomicAgents(),
          new CrewAi(),
          new ClaudeCode(),
          new Codex(),
          new Temporal(),
          new Prefect(),
          new SymphonyGo(),
          new Acp(),
          new Ledgerline());

  static final Tables TABLES = new Tables(ALL);

  private Conventions() {}
}
