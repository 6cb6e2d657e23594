// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.symphony.TrackerStates;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection.Code;
import dev.ledgerline.event.Scope;

/**
 * Snapshots of a Symphony orchestrator ({@code GET /api/v1/state}, Symphony 13.7.2; protocols.md
 * 1.7): bare, in the wrapper of the Go port, or as a recorder of polls keeps them ({@code
 * {"polled_at","status","body"}}). Each is compared with the one before it of the same stream, and
 * the differences become events. No record says any of them, so all are marked synthesized.
 *
 * <p>A run is an issue and the time at which its agent started, and has an id made of both. What
 * began and ended between two snapshots is in none; an issue that is in no list any more was
 * released, and how its run ended is told only where a retry, a block or the tracker's state tells
 * it. An answer that carries an error is no state, whatever its status.
 */
public final class SymphonyStateDialect implements Dialect {
  public static final String NAME = "symphony-state";

  private final TrackerStates trackerStates;

  /**
   * @param trackerStates what a tracker's states mean
   */
  public SymphonyStateDialect(TrackerStates trackerStates) {
    this.trackerStates = trackerStates;
  }

  static final String AGENT = "symphony";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    return SymphonySnapshot.isAnswer(record.json());
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    JsonNode json = record.json();
    if (!json.isObject()) {
      return Decoded.Rejected.of(Code.INVALID_FIELD, "", "a snapshot is a JSON object");
    }
    SymphonySnapshot snapshot = SymphonySnapshot.in(json);
    if (snapshot == null) {
      if (!SymphonySnapshot.isAnswer(json)) {
        return Decoded.Rejected.of(
            Code.MISSING_FIELD, "/running", "a snapshot has the lists running and retrying");
      }
      SymphonySnapshot.NoState none = SymphonySnapshot.noState(json);
      return Decoded.Drafts.of(
          null,
          Draft.of(
                  Scope.NONE.withAgent(context.agent() == null ? AGENT : context.agent()),
                  "no state",
                  new Fact.LogLine("warning"),
                  none.why())
              .at(none.at()));
    }
    return new Decoded.Drafts(
        null, new SymphonyStateReading(snapshot, context, memory, trackerStates).read());
  }
}
