// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;

/**
 * The log of a Symphony orchestrator: the lines of the reference implementation (openai/symphony,
 * elixir/) and of the ports that use its messages.
 *
 * <p>A line tells its issue, seldom its run and never an attempt's end in so many words: what ended
 * how follows from the lines before. All lines of a source are one orchestrator, in whatever
 * streams its files come.
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
      return false;
    }
    LineHead head = LineHead.of(record.text());
    return head.usual() || Saying.of(Saying.asIfCodex(head.message())).isOfSymphony();
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    String line = record.text().stripTrailing();
    return new TextReading(LineHead.of(line), context, memory, trackerStates).read(line);
  }
}
