#!/usr/bin/env node
// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
// An agent that plans a dinner and tells Ledgerline each step as it happens. Node 18 or newer.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const URL_ = (process.env.LEDGERLINE_URL ?? 'http://127.0.0.1:7654').replace(/\/$/, '') + '/v1/events';

// --- sink: copy this part -------------------------------------------------------------------
// Sends events in order, what has gathered meanwhile as one batch. A batch without a clear answer
// is sent again, byte for byte: its events have ids, so each shows once. Await put(): it waits
// while too much is unsent, because a slow log must not eat the memory.
export function openSink(url = URL_, { batch = 200, unsent = 10_000 } = {}) {
  const waiting = [];
  let sending = null;
  let refused = 0;

  async function send(body) {
    const headers = { 'content-type': 'application/x-ndjson' };
    const key = process.env.LEDGERLINE_API_KEY;
    if (key) headers.authorization = `Bearer ${key}`;
    for (let pause = 200; ; pause = Math.min(2 * pause, 10_000)) {
      let wait = pause;
      try {
        const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(30_000) });
        const text = await answer.text();
        if (answer.status === 202) return;
        if (![429, 502, 503, 504].includes(answer.status)) {
          refused++; // some or all are wrong; sending them again is no use
          console.error('Ledgerline refused events:', text.slice(0, 500));
          return;
        }
        wait = 1000 * Number(answer.headers.get('retry-after') ?? pause / 1000);
      } catch {
        // not there, or no answer: nobody knows, so send it again
      }
      await sleep(Number.isFinite(wait) ? wait : pause);
    }
  }

  async function work() {
    while (waiting.length > 0) {
      const events = waiting.splice(0, batch);
      await send(events.map((event) => JSON.stringify(event)).join('\n'));
    }
    sending = null;
  }

  return {
    async put(event) {
      waiting.push(event);
      sending ??= work();
      while (waiting.length > unsent) await sleep(20);
    },
    async close() {
      await sending;
      return refused;
    },
  };
}
// --------------------------------------------------------------------------------------------

const sink = openSink();
const run = { run_id: randomUUID(), thread_id: randomUUID(), agent: 'dinner-js', depth: 0 };
let n = 0;
const event = (type, role, fields) =>
  sink.put({ id: ++n, ...run, type, role, timestamp: new Date().toISOString(), ...fields });

// A made-up model that asks for one thing after the other, and a made-up tool.
const wishes = ['Kürbis', 'Einhorn', '豆腐'];
const model = async () => (await sleep(50), wishes.shift());
const pantry = async (item) => {
  if (item === 'Einhorn') throw new Error('not in stock: ' + item);
  return { item, grams: 400, shelf: 'B2' };
};

await event('RunStarted', 'system', { title: 'What is there for dinner?' });
await event('ChatRequest', 'user', { input: 'Plan a dinner from what is in the pantry. 🍲' });
for (;;) {
  const call_id = `call_${n}`;
  await event('CompletionCall', 'assistant', { call_id, model: 'made-up' });
  const item = await model();
  await event('CompletionResult', 'assistant', { call_id, usage: { input_tokens: 70 + n, output_tokens: 8 } });
  if (item === undefined) break;
  const tool = { call_id: `tool_${n}`, function_name: 'pantry' };
  await event('ToolCall', 'assistant', { ...tool, args: { item } });
  try {
    await event('ToolResult', 'tool', { ...tool, text_result: JSON.stringify(await pantry(item)) });
  } catch (error) {
    await event('ToolError', 'tool', { ...tool, content: error.message });
  }
}
await event('TextOutput', 'assistant', { content: 'Kürbis mit 豆腐, 40 Minuten.' });
await event('RunCompleted', 'assistant', { finish_reason: 'success' });
const refused = await sink.close();
console.log(`run ${run.run_id}: ${n} events`);
process.exitCode = refused ? 1 : 0;
