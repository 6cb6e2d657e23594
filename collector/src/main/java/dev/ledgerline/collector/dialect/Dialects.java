// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.symphony.SymphonyEventDialect;
import dev.ledgerline.collector.dialect.symphony.SymphonyLogDialect;
import dev.ledgerline.collector.dialect.symphony.TrackerStates;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.RawRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The dialects that a collector understands.
 *
 * @param inOrder where several claim a record, the first of these reads it
 */
public record Dialects(List<Dialect> inOrder) {
  public Dialects {
    inOrder = List.copyOf(inOrder);
  }

  /** All that are built in, with the usual states of a tracker. */
  public static Dialects standard() {
    return standard(TrackerStates.USUAL);
  }

  /**
   * All that are built in. Adding a dialect is one line here.
   *
   * @param trackerStates what the states of Symphony's tracker mean
   */
  public static Dialects standard(TrackerStates trackerStates) {
    return new Dialects(
        List.of(
            new SymphonyArticleDialect(), // its types are exact; the Agent Protocol takes any
            new AgentProtocolDialect(),
            new AgenticDialect(),
            new CodexExecDialect(),
            new CodexRolloutDialect(),
            new CodexAppServerDialect(),
            new SymphonyStateDialect(trackerStates),
            new SymphonyEventDialect(),
            new SymphonyLogDialect(trackerStates)));
  }

  /** The dialect of that name, or null where there is none. */
  public @Nullable Dialect named(String name) {
    for (Dialect dialect : inOrder) {
      if (dialect.name().equals(name)) {
        return dialect;
      }
    }
    return null;
  }

  /** The first that claims the record, or null where none does. */
  public @Nullable Dialect claiming(RawRecord record) {
    for (Dialect dialect : inOrder) {
      if (dialect.claims(record)) {
        return dialect;
      }
    }
    return null;
  }

  public List<String> names() {
    return inOrder.stream().map(Dialect::name).toList();
  }
}
