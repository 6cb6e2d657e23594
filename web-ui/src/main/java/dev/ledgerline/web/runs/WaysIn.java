// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.runs;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.NativeButton;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Pre;
import com.vaadin.flow.component.html.Span;

/** What an empty server shows: how to send something, ready to copy. */
final class WaysIn extends Div {
  private static final long serialVersionUID = 1L;

  WaysIn(String address) {
    Div ways = new Div();
    ways.addClassName("ll-ways");
    ways.add(
        way(
            "curl",
            """
            curl -d '{"id":1,"run_id":"r-1","agent":"planner","type":"RunStarted"}
            {"id":2,"run_id":"r-1","agent":"planner","type":"ToolCall","function_name":"search","args":{"q":"ledger"}}
            {"id":3,"run_id":"r-1","agent":"planner","type":"ToolResult","function_name":"search","text_result":"3 hits"}
            {"id":4,"run_id":"r-1","agent":"planner","type":"RunCompleted","finish_reason":"success"}' \\
              %s/v1/events"""
                .formatted(address)),
        way(
            "Codex",
            "codex exec --json \"fix the failing test\" | ./ledgerline ship - --url " + address),
        way(
            "Python",
            """
            import json, urllib.request
            def send(*events):
                body = "\\n".join(json.dumps(e) for e in events).encode()
                urllib.request.urlopen(urllib.request.Request("%s/v1/events", body,
                    {"Content-Type": "application/x-ndjson"}))
            send({"id": 1, "run_id": "r-2", "agent": "writer", "type": "RunStarted"})"""
                .formatted(address)),
        way(
            "Node",
            """
            const send = (...events) => fetch("%s/v1/events", {
              method: "POST", headers: { "Content-Type": "application/x-ndjson" },
              body: events.map((e) => JSON.stringify(e)).join("\\n") });
            await send({ id: 1, run_id: "r-3", agent: "writer", type: "RunStarted" });"""
                .formatted(address)),
        way(
            "OpenTelemetry",
            """
            export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=%s/v1/traces
            export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"""
                .formatted(address)));
    add(
        new H2("Nothing has been recorded yet"),
        new Paragraph("Send something in any of these ways; it shows here by itself."),
        ways);
  }

  private static Div way(String name, String text) {
    NativeButton copy = new NativeButton("copy");
    copy.addClassName("ll-button");
    copy.getElement().setAttribute("data-copy", text);
    Pre block = new Pre(text);
    block.addClassName("ll-pre");
    Div way = new Div(new Header(new Span(name), copy), block);
    way.addClassName("ll-way");
    return way;
  }
}
