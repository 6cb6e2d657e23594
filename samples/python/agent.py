#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Ledgerline authors
# SPDX-License-Identifier: Apache-2.0
"""An agent that looks up the weather and tells Ledgerline each step as it happens."""
import datetime, json, os, queue, sys, threading, time, urllib.error, urllib.request, uuid

URL = os.environ.get("LEDGERLINE_URL", "http://127.0.0.1:7654").rstrip("/") + "/v1/events"


class Sink:  # copy this class
    """Sends events in batches from a thread of its own, in order.

    A batch that got no clear answer is sent again, byte for byte: its events have ids, so each
    shows once. When the queue is full, put() waits, because a slow log must not eat the memory.
    """

    def __init__(self, url=URL, batch=200, delay_s=0.1):
        self.url, self.batch, self.delay_s = url, batch, delay_s
        self.events, self.refused = queue.Queue(10_000), 0
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def put(self, event):
        self.events.put(event)

    def __enter__(self):
        return self

    def __exit__(self, *_):  # returns when everything was taken
        self.events.put(None)
        self.thread.join()

    def _work(self):
        more = True
        while more:
            lines, until = [self.events.get()], time.monotonic() + self.delay_s
            while lines[-1] is not None and len(lines) < self.batch:
                try:
                    lines.append(self.events.get(timeout=max(0, until - time.monotonic())))
                except queue.Empty:
                    break
            more = lines[-1] is not None
            lines = [json.dumps(line, ensure_ascii=False) for line in lines if line is not None]
            if lines:
                self._send("\n".join(lines).encode())

    def _send(self, body):
        headers = {"Content-Type": "application/x-ndjson"}
        if key := os.environ.get("LEDGERLINE_API_KEY"):
            headers["Authorization"] = "Bearer " + key
        pause = 0.2
        while True:
            wait = pause
            try:
                request = urllib.request.Request(self.url, body, headers)
                with urllib.request.urlopen(request, timeout=30) as answer:
                    if answer.status == 207:  # some were refused; sending them again is no use
                        self._refused(answer.read())
                    return
            except urllib.error.HTTPError as error:
                if error.code not in (429, 502, 503, 504):
                    return self._refused(error.read())
                told = error.headers.get("Retry-After") or ""
                wait = float(told) if told.isdigit() else pause
            except OSError:
                pass  # not there, or no answer: nobody knows, so send it again
            time.sleep(wait)
            pause = min(2 * pause, 10)

    def _refused(self, answer):
        self.refused += 1
        print("Ledgerline refused events:", answer.decode(errors="replace")[:500], file=sys.stderr)


class Run:
    def __init__(self, sink, agent):
        self.sink, self.n = sink, 0
        self.fixed = {"run_id": str(uuid.uuid4()), "thread_id": str(uuid.uuid4()), "agent": agent, "depth": 0}

    def event(self, type, role="assistant", **fields):
        self.n += 1
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
        self.sink.put({"id": self.n, "type": type, "role": role, "timestamp": now, **self.fixed, **fields})


def model(cities):  # a made-up model: asks for one city after the other
    time.sleep(0.05)
    return {"tool": "weather", "args": {"city": cities[0]}} if cities else {"text": "Bring a coat. 🧥"}


def weather(city):  # a made-up tool
    return {"Oslo": "3 °C, Schneeregen", "大阪": "14 °C 晴れ"}[city]


def agent(run, cities):
    run.event("RunStarted", "system", title=f"What to wear in {len(cities)} cities")
    run.event("ChatRequest", "user", input="What do I wear in " + ", ".join(cities) + "?")
    while True:
        call = {"call_id": f"call_{run.n}", "model": "made-up"}
        run.event("CompletionCall", **call)
        answer = model(cities)
        run.event("CompletionResult", usage={"input_tokens": 90 + run.n, "output_tokens": 12}, **call)
        if "text" in answer:
            break
        tool = {"call_id": f"tool_{run.n}", "function_name": answer["tool"]}
        run.event("ToolCall", args=answer["args"], **tool)
        try:
            run.event("ToolResult", "tool", text_result=weather(cities.pop(0)), **tool)
        except KeyError as error:
            run.event("ToolError", "tool", content=f"no such city: {error}", **tool)
    run.event("TextOutput", content=answer["text"])
    run.event("RunCompleted", finish_reason="success")


if __name__ == "__main__":
    with Sink() as sink:
        run = Run(sink, "weather-py")
        agent(run, ["Oslo", "Atlantis", "大阪"])
    print(f"run {run.fixed['run_id']}: {run.n} events")
    sys.exit(1 if sink.refused else 0)
