// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.event.Word;
import java.util.List;

/** What is measured of runs. Names without {@code ledgerline.} are of the semantic conventions. */
enum Instrument implements Word {
  RUNS("ledgerline.runs", "{run}", "Runs that ended, by their state.", Kind.SUM),
  RUN_DURATION("gen_ai.invoke_agent.duration", "s", "From start to end of runs.", Kind.HISTOGRAM),
  MODEL_DURATION(
      "gen_ai.client.operation.duration", "s", "Duration of calls of models.", Kind.HISTOGRAM),
  TOOL_DURATION("gen_ai.execute_tool.duration", "s", "Duration of calls of tools.", Kind.HISTOGRAM),
  TOKENS("ledgerline.tokens", "{token}", "Tokens spent, by their type.", Kind.SUM),
  ERRORS("ledgerline.errors", "{error}", "Errors that runs told.", Kind.SUM),
  WAITS("ledgerline.waits", "{wait}", "Waits that are over, by kind and outcome.", Kind.SUM),
  WAIT_DURATION("ledgerline.wait.duration", "s", "How long runs waited.", Kind.HISTOGRAM);

  enum Kind {
    SUM,
    HISTOGRAM
  }

  /**
   * In seconds; up to 81.92 the boundaries that the conventions advise, then up to days, which runs
   * and waits may take.
   */
  static final List<Double> BOUNDS =
      List.of(
          0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
          300.0, 1_800.0, 7_200.0, 28_800.0, 86_400.0, 604_800.0);

  final String metric;
  final String unit;
  final String description;
  final Kind kind;

  Instrument(String metric, String unit, String description, Kind kind) {
    this.metric = metric;
    this.unit = unit;
    this.description = description;
    this.kind = kind;
  }
}
