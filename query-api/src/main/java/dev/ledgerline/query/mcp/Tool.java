// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.mcp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A question as a tool.
 *
 * @param path of the question; what stands in its braces is required
 * @param optional names of parameters, each one of {@link #DESCRIPTIONS}
 */
record Tool(String name, String description, String path, List<String> optional) {
  private static final Pattern IN_BRACES = Pattern.compile("\\{([a-z]+)}");

  /** What the arguments mean, whichever tool takes them. */
  private static final java.util.Map<String, String> DESCRIPTIONS =
      java.util.Map.ofEntries(
          java.util.Map.entry("run", "id of a run"),
          java.util.Map.entry("thread", "id of a thread (a conversation)"),
          java.util.Map.entry("task", "id or identifier of a task, for example MT-12"),
          java.util.Map.entry("agent", "name of an agent"),
          java.util.Map.entry("source", "the deployment, where several use the same id"),
          java.util.Map.entry("seq", "number of an event in its run, from 1"),
          java.util.Map.entry(
              "q",
              "query such as: state:failed agent:coder tool:grep duration>30s has:open_wait"
                  + " started>-2h \"exact phrase\""),
          java.util.Map.entry("sort", "started, ended, duration, events, errors or tokens; -x"),
          java.util.Map.entry("kind", "kinds of events with commas: error,tool.call,tool.result,…"),
          java.util.Map.entry("after", "only events behind that seq"),
          java.util.Map.entry("payload", "true: with the whole record of each event"),
          java.util.Map.entry("by", "group by: state, agent, dialect, source, verdict, …"),
          java.util.Map.entry("bucket", "group by time as well, for example 1h"),
          java.util.Map.entry("since", "a time, a date or an age such as -2h"),
          java.util.Map.entry("limit", "how many at most"),
          java.util.Map.entry("cursor", "next_cursor of the answer before"));

  static final List<Tool> ALL =
      List.of(
          new Tool(
              "find_runs",
              "Runs of agents that match a query, newest first, with state, cost and verdict.",
              "/v1/runs",
              List.of("q", "sort", "limit", "cursor")),
          of("get_run", "One run: its state, times, tokens, errors, verdict.", "/v1/runs/{run}"),
          of(
              "why_is_it_stuck",
              "Why a run does not go on, since when, who must act, and what it cost so far.",
              "/v1/runs/{run}/why"),
          new Tool(
              "run_steps",
              "What a run did: turns, model calls, tool calls, sub-agents, with their times.",
              "/v1/runs/{run}/steps",
              List.of("source", "limit", "cursor")),
          new Tool(
              "run_events",
              "The events of a run in the order of their arrival.",
              "/v1/runs/{run}/events",
              List.of("source", "kind", "after", "payload", "limit", "cursor")),
          of(
              "get_event",
              "One event with the original record.",
              "/v1/runs/{run}/events/{seq}"),
          of(
              "run_verdict",
              "Whether a run kept to its state machine: violations with their clauses.",
              "/v1/runs/{run}/verdict"),
          of(
              "run_transitions",
              "The changes of state of a run and why.",
              "/v1/runs/{run}/transitions"),
          of("run_waits", "What a run waited for and how that ended.", "/v1/runs/{run}/waits"),
          of(
              "run_time",
              "Where the time of a run went: model, tools, waiting for people, and so on.",
              "/v1/runs/{run}/time"),
          of(
              "critical_path",
              "The chain of steps that determined when a run ended, across child runs.",
              "/v1/runs/{run}/critical-path"),
          of("run_findings", "Loops, stalls and the like in a run.", "/v1/runs/{run}/findings"),
          new Tool(
              "open_waits",
              "Everything that waits for somebody now, oldest first.",
              "/v1/waits",
              List.of("limit", "cursor")),
          new Tool(
              "search_events",
              "Events whose text matches, over all runs, newest first.",
              "/v1/search",
              List.of("q", "limit", "cursor")),
          new Tool("tasks", "Tasks, newest first.", "/v1/tasks", List.of("limit", "cursor")),
          of("get_task", "A task with its attempts and the next one.", "/v1/tasks/{task}"),
          of("get_thread", "A thread with its runs.", "/v1/threads/{thread}"),
          new Tool(
              "agents",
              "The agents that were seen, with runs, errors and tokens.",
              "/v1/agents",
              List.of("limit", "cursor")),
          new Tool(
              "stats",
              "Counts, durations p50/p95/p99, errors and tokens of runs, grouped.",
              "/v1/stats",
              List.of("q", "by", "bucket", "limit")),
          new Tool(
              "graph",
              "Who handed what to whom: say one of run, thread and since.",
              "/v1/graph",
              List.of("run", "thread", "since")));

  private static Tool of(String name, String description, String path) {
    return new Tool(name, description, path, List.of("source"));
  }

  private List<String> required() {
    return IN_BRACES.matcher(path).results().map((MatchResult m) -> m.group(1)).toList();
  }

  List<String> arguments() {
    List<String> all = new ArrayList<>(required());
    all.addAll(optional);
    return all;
  }

  /** As {@code tools/list} shows it. */
  ObjectNode json() {
    ObjectNode tool = JsonNodeFactory.instance.objectNode();
    tool.put("name", name);
    tool.put("description", description);
    ObjectNode schema = tool.putObject("inputSchema");
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    for (String argument : arguments()) {
      ObjectNode property = properties.putObject(argument);
      property.put("type", "string");
      property.put("description", DESCRIPTIONS.getOrDefault(argument, argument));
    }
    required().forEach(schema.putArray("required")::add);
    schema.put("additionalProperties", false);
    ObjectNode hints = tool.putObject("annotations");
    hints.put("readOnlyHint", true);
    hints.put("openWorldHint", false);
    return tool;
  }
}
