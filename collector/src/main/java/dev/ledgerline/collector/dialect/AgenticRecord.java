// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A record of agentic, of either view, and the facts that it becomes. */
final class AgenticRecord {
  private final Fields record;
  private final Fields payload;
  private final Context context;
  private final @Nullable Instant at;
  private final List<Draft> drafts = new ArrayList<>(2);
  private Scope scope;
  private boolean byTheRoot;
  private boolean stray;
  private boolean unknownType;

  /**
   * A record.
   *
   * @param scope with a run
   * @param at when the source says that it happened
   */
  AgenticRecord(Fields record, Fields payload, Scope scope, Context context, @Nullable Instant at) {
    this.record = record;
    this.payload = payload;
    this.scope = scope;
    this.context = context;
    this.at = at;
  }

  Fields fields() {
    return record;
  }

  /** What the event carries. */
  Fields payload() {
    return payload;
  }

  @Nullable Instant at() {
    return at;
  }

  Scope scope() {
    return scope;
  }

  String run() {
    return scope.run() == null ? "" : scope.run();
  }

  String agent() {
    return scope.agent() == null ? "" : scope.agent();
  }

  void placeIn(Scope scope) {
    this.scope = scope;
  }

  /** The agent of the record is the one whose end is the end of the run. */
  void isByTheRoot() {
    byTheRoot = true;
  }

  /** The record belongs to no run that anybody started. */
  void isStray() {
    stray = true;
  }

  void isOfUnknownType() {
    unknownType = true;
  }

  void say(String type, Fact fact, @Nullable String summary) {
    drafts.add(
        Draft.of(scope, type, fact, summary == null ? "" : summary).at(at).withFlags(flags()));
  }

  /** Says something that is not of this record's run. */
  void say(Draft draft) {
    drafts.add(draft);
  }

  List<Draft> drafts() {
    return drafts;
  }

  private Set<Flag> flags() {
    boolean mismatch =
        Oddities.differ(scope.thread(), context.thread())
            || (byTheRoot && Oddities.differ(scope.agent(), context.agent()));
    Set<Flag> flags = Oddities.of(record.sawInvalid(), mismatch, unknownType);
    if (stray) {
      flags.add(Flag.AFTER_END);
    }
    return flags;
  }
}
