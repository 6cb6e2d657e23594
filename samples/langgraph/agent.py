#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Ledgerline authors
# SPDX-License-Identifier: Apache-2.0
"""LangGraph: an agent that asks before it buys."""
import uuid

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from openinference.instrumentation.langchain import LangChainInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

# Three lines, and everything goes to OTEL_EXPORTER_OTLP_ENDPOINT:
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
LangChainInstrumentor().instrument(tracer_provider=provider)


def timetable(station: str) -> str:
    """When the last trains leave."""
    return "23:02, 23:32"


def buy_ticket(train: str) -> str:
    """Buys a ticket; somebody has to agree."""
    return f"a ticket for {train}"


conductor = create_agent(
    "openai:gpt-5",
    [timetable, buy_ticket],
    system_prompt="You help travellers.",
    middleware=[HumanInTheLoopMiddleware(interrupt_on={"buy_ticket": True})],
    checkpointer=InMemorySaver(),
    name="conductor",
)

thread = {"configurable": {"thread_id": str(uuid.uuid4())}}
question = {"role": "user", "content": "Get me a ticket for the last train from Bern."}
result = conductor.invoke({"messages": [question]}, thread)
while "__interrupt__" in result:
    decisions = []
    for call in result["__interrupt__"][0].value["action_requests"]:
        yes = input(f"May {call['name']} run with {call['args']}? [y/n] ").startswith("y")
        decisions.append({"type": "approve" if yes else "reject"})
    result = conductor.invoke(Command(resume={"decisions": decisions}), thread)
print(result["messages"][-1].content)
