// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.audit.Graph;
import java.io.IOException;

/** Who handed what to whom. */
final class GraphJson {
  private GraphJson() {}

  static void write(JsonOut out, Graph graph) throws IOException {
    out.object(
        o ->
            o.list("nodes", graph.nodes(), GraphJson::write)
                .list("edges", graph.edges(), GraphJson::write)
                .number("runs", graph.runs())
                .yesNo("complete", graph.complete()));
  }

  private static void write(JsonOut out, Graph.Node node) throws IOException {
    out.object(
        o ->
            o.text("agent", node.agent())
                .number("runs", node.runs())
                .number("steps", node.steps()));
  }

  private static void write(JsonOut out, Graph.Edge edge) throws IOException {
    out.object(
        o ->
            o.text("from", edge.from())
                .text("to", edge.to())
                .word("kind", edge.kind())
                .number("count", edge.count()));
  }
}
