// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.indexer.RunGroups;
import java.io.IOException;

/** What runs add up to. */
final class StatsJson {
  private StatsJson() {}

  static void write(JsonOut out, RunGroups groups, String query) throws IOException {
    out.object(
        o ->
            o.list("groups", groups.groups(), StatsJson::write)
                .number("left_out", groups.leftOut())
                .text("query", query));
  }

  private static void write(JsonOut out, RunGroups.Group group) throws IOException {
    out.object(
        o ->
            o.text("key", group.key())
                .time("bucket", group.bucket())
                .number("runs", group.runs())
                .number("events", group.events())
                .number("errors", group.errors())
                .thing("duration_ms", group.durations(), StatsJson::write)
                .thing("usage", group.usage(), UsageJson::write));
  }

  private static void write(JsonOut out, RunGroups.Percentiles durations) throws IOException {
    out.object(
        o ->
            o.number("p50", durations.p50())
                .number("p95", durations.p95())
                .number("p99", durations.p99()));
  }
}
