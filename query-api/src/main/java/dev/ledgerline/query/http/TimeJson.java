// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.run.audit.RunTime;
import dev.ledgerline.run.audit.Segment;
import dev.ledgerline.run.audit.TimeClass;
import dev.ledgerline.run.audit.TimeLedger;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Where time went. */
final class TimeJson {
  private TimeJson() {}

  static void write(JsonOut out, RunTime time) throws IOException {
    out.object(
        o -> {
          o.time("from", time.from()).time("to", time.to());
          ledger(o, time.whole());
          o.list("by_agent", time.byAgent(), TimeJson::writeShare);
        });
  }

  private static void writeShare(JsonOut out, RunTime.AgentTime share) throws IOException {
    out.object(o -> ledger(o.text("agent", share.agent()), share.ledger()));
  }

  private static void ledger(JsonOut out, TimeLedger ledger) throws IOException {
    out.number("total_ms", ledger.totalMillis())
        .list("classes", classes(ledger), TimeJson::writeClass);
  }

  /** In order of precedence. */
  static List<Map.Entry<TimeClass, Long>> classes(TimeLedger ledger) {
    return List.copyOf(ledger.millis().entrySet());
  }

  static void writeClass(JsonOut out, Map.Entry<TimeClass, Long> part) throws IOException {
    out.object(o -> o.word("class", part.getKey()).number("ms", part.getValue()));
  }

  static void write(JsonOut out, Segment segment) throws IOException {
    out.object(
        o ->
            o.text("run_id", segment.run())
                .text("step_id", segment.step())
                .text("wait_id", segment.waitId())
                .time("from", segment.from())
                .time("to", segment.to())
                .number("ms", segment.millis()));
  }
}
