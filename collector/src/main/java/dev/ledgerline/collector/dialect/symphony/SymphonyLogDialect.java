// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;

/**
 * The log of a Symphony orchestrator: the lines of the reference implementation (openai/symphony,
 * elixir/) and of the ports that use its messages, and the JSON records of those that do not
 * (symphony-go, symphony-ts).
 *
 * <p>A line tells its issue, seldom its run and never an attempt's end in so many words: what ended
 * how follows from the lines before. The streams of a source are files of one log where each begins
 * when the one before has ended, and orchestrators of their own where they alternate.
 */
public final class SymphonyLogDialect implements Dialect {
  public static final String NAME = "symphony-log";

  private final TrackerStates trackerStates;

  public SymphonyLogDialect() {
    this(TrackerStates.USUAL);
  }

  /** With a table of one's own of what a tracker's states mean. */
  public SymphonyLogDialect(TrackerStates trackerStates) {
    this.trackerStates = trackerStates;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    if (record.isJson()) {
      return GoReading.claims(record.json()) || TsReading.claims(record.json());
    }
    if (LineHead.isUsual(record.bytes())) {
      return true;
    }
    LineHead head = LineHead.of(record.text());
    return head.usual() || Saying.of(Saying.asIfCodex(head.message())).isOfSymphony();
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    String line = record.text().stripTrailing();
    if (record.isJson()) {
      return json(record.json(), line, context, memory);
    }
    return new TextReading(LineHead.of(line), context, memory, trackerStates).read(line);
  }

  /** What the ports write. */
  private Decoded json(JsonNode json, String line, Context context, Memory memory) {
    if (!json.isObject()) {
      return Decoded.Rejected.of(
          Rejection.Code.INVALID_FIELD, "", "a record of an orchestrator is a JSON object");
    }
    return json.has("timestamp")
        ? new TsReading(json, context, memory, trackerStates).read()
        : new GoReading(json, line, context, memory, trackerStates).read();
  }
}
