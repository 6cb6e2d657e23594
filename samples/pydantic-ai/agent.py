#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Ledgerline authors
# SPDX-License-Identifier: Apache-2.0
"""Pydantic AI: an agent that asks before it buys."""
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic_ai import Agent, DeferredToolRequests, DeferredToolResults
from pydantic_ai.models.instrumented import InstrumentationSettings

# Three lines, and everything goes to OTEL_EXPORTER_OTLP_ENDPOINT:
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
Agent.instrument_all(InstrumentationSettings(tracer_provider=provider))

conductor = Agent(
    "openai:gpt-5",
    name="conductor",
    instructions="You help travellers.",
    output_type=[str, DeferredToolRequests],
)


@conductor.tool_plain
def timetable(station: str) -> str:
    """When the last trains leave."""
    return "23:02, 23:32"


@conductor.tool_plain(requires_approval=True)
def buy_ticket(train: str) -> str:
    """Buys a ticket; somebody has to agree."""
    return f"a ticket for {train}"


result = conductor.run_sync("Get me a ticket for the last train from Bern.")
while isinstance(result.output, DeferredToolRequests):
    answers = DeferredToolResults()
    for call in result.output.approvals:
        yes = input(f"May {call.tool_name} run with {call.args}? [y/n] ").startswith("y")
        answers.approvals[call.tool_call_id] = yes
    result = conductor.run_sync(message_history=result.all_messages(), deferred_tool_results=answers)
print(result.output)
