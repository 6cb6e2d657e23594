// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import java.util.List;

/** All stories, the longest first. */
public final class Stories {
  private Stories() {}

  public static List<Story> all() {
    return List.of(
        new Story(
            "research-team",
            "A planner and two sub-agents write a memo; a tool fails once, a human is asked.",
            Story.Form.EVENTS,
            new ResearchTeam()),
        new Story(
            "coding-agent",
            "A coding agent gives up on red tests, is resumed in its thread and succeeds.",
            Story.Form.EVENTS,
            new CodingAgent()),
        new Story(
            "support-desk",
            "A support desk wants to pay a refund and waits for an approval that does not come.",
            Story.Form.EVENTS,
            new SupportDesk()),
        new Story(
            "night-watch",
            "An agent asks for the same status again and again and notices nothing.",
            Story.Form.EVENTS,
            new NightWatch()),
        new Story(
            "symphony-day",
            "Symphony works on five issues: a review, a back-off, a stall, a question, a breach.",
            Story.Form.LOG,
            new SymphonyDay()));
  }
}
