#!/usr/bin/env node
// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
// Vercel AI SDK: an agent that asks before it buys.
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { openai } from "@ai-sdk/openai";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { generateText, stepCountIs, tool } from "ai";
import { z } from "zod";

// Two lines, and everything that asks for telemetry goes to OTEL_EXPORTER_OTLP_ENDPOINT:
const telemetry = new NodeSDK();
telemetry.start();

const tools = {
  timetable: tool({
    description: "When the last trains leave.",
    inputSchema: z.object({ station: z.string() }),
    execute: async () => "23:02, 23:32",
  }),
  buy_ticket: tool({
    description: "Buys a ticket; somebody has to agree.",
    inputSchema: z.object({ train: z.string() }),
    needsApproval: true,
    execute: async ({ train }) => `a ticket for ${train}`,
  }),
};

const threadId = randomUUID();
const conductor = (messages) =>
  generateText({
    model: openai("gpt-5"),
    system: "You help travellers.",
    messages,
    tools,
    stopWhen: stepCountIs(10),
    experimental_telemetry: { isEnabled: true, functionId: "conductor", metadata: { threadId } },
  });

async function agrees({ toolName, input }) {
  const human = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await human.question(`May ${toolName} run with ${JSON.stringify(input)}? [y/n] `);
  human.close();
  return answer.startsWith("y");
}

const messages = [{ role: "user", content: "Get me a ticket for the last train from Bern." }];
while (true) {
  const result = await conductor(messages);
  messages.push(...result.response.messages);
  const answers = [];
  for (const { type, approvalId, toolCall } of result.content) {
    if (type === "tool-approval-request") {
      answers.push({ type: "tool-approval-response", approvalId, approved: await agrees(toolCall) });
    }
  }
  if (answers.length === 0) {
    console.log(result.text);
    break;
  }
  messages.push({ role: "tool", content: answers });
}
await telemetry.shutdown();
