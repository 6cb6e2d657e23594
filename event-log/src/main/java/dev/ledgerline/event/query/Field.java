// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import dev.ledgerline.event.Word;

/** The fields of the query language, by level. */
public enum Field implements Word {
  RUN(Level.BOTH),
  THREAD(Level.BOTH),
  TASK(Level.BOTH),
  PARENT(Level.RUN),
  SOURCE(Level.BOTH),
  DIALECT(Level.BOTH),
  STATE(Level.RUN),
  VERDICT(Level.RUN),
  /** Of a run: any agent that acted in it. Of an event: who acted. */
  AGENT(Level.BOTH),
  TITLE(Level.RUN),
  TRACE(Level.RUN),
  STARTED(Level.RUN),
  ENDED(Level.RUN),
  DURATION(Level.RUN),
  EVENTS(Level.RUN),
  ERRORS(Level.RUN),
  TOKENS(Level.RUN),
  COST(Level.RUN),
  WAITS(Level.RUN),
  HAS(Level.RUN),
  KIND(Level.EVENT),
  TOOL(Level.EVENT),
  CALL(Level.EVENT),
  TYPE(Level.EVENT),
  OCCURRED(Level.EVENT),
  OBSERVED(Level.EVENT),
  FLAG(Level.EVENT),
  TEXT(Level.EVENT),
  ERROR(Level.EVENT);

  private final Level level;

  Field(Level level) {
    this.level = level;
  }

  public Level level() {
    return level;
  }

  /** What a field is a property of. */
  public enum Level {
    RUN,
    EVENT,
    BOTH
  }
}
