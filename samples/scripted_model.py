#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Ledgerline authors
# SPDX-License-Identifier: Apache-2.0
"""A model for the samples that needs no key: speaks OpenAI's API and says what the script says.

Prints the two variables that make an SDK ask it. Answers chat completions and responses, not streamed.
"""
import http.server, json, sys

SCRIPT = [  # one line for each answer: what it says or calls, tokens in, tokens out
    ({"name": "timetable", "arguments": '{"station":"Bern"}'}, 100, 20),
    ({"name": "buy_ticket", "arguments": '{"train":"23:32"}'}, 150, 25),
    ("Your train leaves at 23:32.", 200, 30),
]


def chat_completion(said, tokens_in, tokens_out, turn):
    message = {"role": "assistant", "content": said}
    if isinstance(said, dict):
        call = {"id": f"call_{turn}", "type": "function", "function": said}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    reason = "tool_calls" if isinstance(said, dict) else "stop"
    return {
        "object": "chat.completion",
        "created": 0,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
    }


def response(said, tokens_in, tokens_out, turn):
    text = [{"type": "output_text", "text": said, "annotations": []}]
    item = {"type": "message", "id": f"msg_{turn}", "role": "assistant", "content": text}
    if isinstance(said, dict):
        item = {"type": "function_call", "id": f"fc_{turn}", "call_id": f"call_{turn}", **said}
    return {
        "object": "response",
        "created_at": 0,
        "status": "completed",
        "output": [{**item, "status": "completed"}],
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
        "usage": {
            "input_tokens": tokens_in,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": tokens_in + tokens_out,
        },
    }


class Model(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        chat = self.path.endswith("/chat/completions")
        history = request["messages" if chat else "input"]
        # The turn follows from the history, so any number of agents can ask at once.
        results = sum("tool" == m.get("role") or "function_call_output" == m.get("type") for m in history)
        turn = min(results, len(SCRIPT) - 1)
        answer = (chat_completion if chat else response)(*SCRIPT[turn], turn)
        body = json.dumps({"id": f"answer_{turn}", "model": request["model"], **answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Model)
    url = f"http://127.0.0.1:{server.server_port}/v1"
    print(f"export OPENAI_API_KEY=none OPENAI_BASE_URL={url}", flush=True)
    server.serve_forever()
