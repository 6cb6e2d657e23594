#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Ledgerline authors
# SPDX-License-Identifier: Apache-2.0
"""OpenAI Agents SDK: an agent that asks before it buys."""
import uuid

from agents import Agent, Runner, function_tool, trace
from openinference.instrumentation import using_session
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

# Three lines, and everything goes to OTEL_EXPORTER_OTLP_ENDPOINT:
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)


@function_tool
def timetable(station: str) -> str:
    """When the last trains leave."""
    return "23:02, 23:32"


@function_tool(needs_approval=True)
def buy_ticket(train: str) -> str:
    """Buys a ticket; somebody has to agree."""
    return f"a ticket for {train}"


conductor = Agent(
    name="conductor",
    model="gpt-5",
    instructions="You help travellers.",
    tools=[timetable, buy_ticket],
)

thread = str(uuid.uuid4())
task = "Get me a ticket for the last train from Bern."
while True:
    # A trace for each run: what resumes an older trace is left out by the instrumentation.
    with using_session(thread), trace("conductor"):
        result = Runner.run_sync(conductor, task)
    if not result.interruptions:
        break
    task = result.to_state()
    for call in result.interruptions:
        if input(f"May {call.name} run with {call.arguments}? [y/n] ").startswith("y"):
            task.approve(call)
        else:
            task.reject(call)
print(result.final_output)
