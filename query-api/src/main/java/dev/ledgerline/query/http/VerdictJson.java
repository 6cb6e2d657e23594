// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.state.Verdict;
import dev.ledgerline.state.Violation;
import java.io.IOException;

/** What a state machine says of a run. */
final class VerdictJson {
  private VerdictJson() {}

  static void write(JsonOut out, Verdict verdict) throws IOException {
    out.object(
        o ->
            o.word("result", verdict.result())
                .text("machine", verdict.machine())
                .list("violations", verdict.violations(), VerdictJson::violation)
                .number("violation_count", verdict.count())
                .texts("unknown", verdict.unknown()));
  }

  private static void violation(JsonOut out, Violation violation) throws IOException {
    out.object(
        o ->
            o.number("seq", violation.seq())
                .text("event_id", violation.eventId().toString())
                .text("clause", violation.clause())
                .texts("expected", violation.expected())
                .text("seen", violation.seen())
                .text("message", violation.message()));
  }
}
