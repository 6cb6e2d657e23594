// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.Word;
import java.util.List;

/**
 * Who handed what to whom.
 *
 * @param runs that were looked at
 * @param complete whether those were all
 */
public record Graph(List<Node> nodes, List<Edge> edges, int runs, boolean complete) {

  /**
   * An agent.
   *
   * @param runs in which it acted
   * @param steps of its own, calls of other agents included
   */
  public record Node(String agent, long runs, long steps) {}

  /** So many times one handed something to another. */
  public record Edge(String from, String to, Kind kind, long count) {}

  /** How it was handed over. */
  public enum Kind implements Word {
    /** The one called the other, inside one run. */
    CALL,
    /** The other went on in its place, by the word of the source. */
    HANDOFF,
    /** The one's run called a run of the other. */
    CHILD_RUN
  }
}
