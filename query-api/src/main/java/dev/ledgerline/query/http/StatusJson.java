// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Where everything stands. */
final class StatusJson {
  private StatusJson() {}

  static void write(JsonOut out, Status status, List<ExportStatus> exports) throws IOException {
    out.object(
        o ->
            o.object(
                    "positions",
                    p ->
                        p.text("durable", status.durable().toString())
                            .text("indexed", status.indexed().toString()))
                .object(
                    "lag",
                    l ->
                        l.number("events", status.lag().entries())
                            .number("ms", status.lag().millis()))
                .list("sources", status.sources(), StatusJson::writeSource)
                .object(
                    "sizes",
                    s ->
                        s.number("log_bytes", status.sizes().logBytes())
                            .number("index_bytes", status.sizes().indexBytes()))
                .list("exports", exports, StatusJson::writeExport)
                .text("version", status.version()));
  }

  private static void writeSource(JsonOut out, Status.SourceLine line) throws IOException {
    out.object(
        o ->
            o.text("source", line.source())
                .number("received", line.received())
                .number("stored", line.stored())
                .number("duplicates", line.duplicates())
                .number("rejected", line.rejected())
                .number("quarantined", line.quarantined())
                .number("in_flight", line.inFlight()));
  }

  private static void writeExport(JsonOut out, ExportStatus export) throws IOException {
    out.object(
        o ->
            o.text("target", export.target())
                .text("url", export.url())
                .text("state", export.state())
                .text("position", export.position().toString())
                .object(
                    "lag",
                    l -> l.number("events", export.lagEntries()).number("ms", export.lagMillis()))
                .object(
                    "items",
                    items -> {
                      for (Map.Entry<String, Long> one : export.items().entrySet()) {
                        items.number(one.getKey(), one.getValue());
                      }
                    })
                .number("retries", export.retries())
                .text("failure", export.failure()));
  }
}
