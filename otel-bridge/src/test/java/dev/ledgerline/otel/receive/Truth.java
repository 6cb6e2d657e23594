// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What really happened in a run, compared with what its spans came to. The README of the captures
 * says what is compared.
 */
final class Truth {
  /** What of a run was compared, and whether it was right; null for right. */
  final Map<String, @Nullable String> found = new TreeMap<>();

  private final JsonNode run;

  Truth(JsonNode run) {
    this.run = run;
  }

  /** Whether a fold is the run that is meant: of its id, else of its trace. */
  private static boolean stands(RunFold fold, JsonNode run) {
    RunSummary summary = fold.summary();
    boolean trace = summary.traces().contains(run.path("otlp_trace_id").asText());
    boolean grouped = fold.key().run().equals(run.path("run_id").asText());
    return grouped || (trace && summary.traces().contains(fold.key().run()));
  }

  String name() {
    return run.path("run").asText(run.path("run_id").asText());
  }

  /**
   * The runs of a case that a capture can show, each compared with the one that stands for it. Some
   * tell no trace; these stand in the order of their beginning, within their thread if they tell
   * that.
   */
  static List<Truth> of(
      JsonNode runs, Path capture, Set<String> traces, Collection<RunFold> folds) {
    List<RunFold> left = new ArrayList<>(folds);
    left.sort(Comparator.comparing(fold -> fold.summary().startedAt()));
    List<Truth> truths = new ArrayList<>();
    List<JsonNode> withoutTrace = new ArrayList<>();
    for (JsonNode run : runs) {
      String view = run.path("view").asText();
      if (!view.isEmpty() && !capture.getFileName().toString().contains("." + view + ".")) {
        continue;
      }
      if (!run.has("otlp_trace_id")) {
        withoutTrace.add(run);
        continue;
      }
      if (traces.contains(run.path("otlp_trace_id").asText())) {
        Truth truth = new Truth(run);
        RunFold fold =
            left.stream()
                .filter(one -> stands(one, run))
                .min(Comparator.comparing(one -> !isNamed(one, run)))
                .orElse(null);
        left.remove(fold);
        truth.compare(fold);
        truths.add(truth);
      }
    }
    for (JsonNode run : withoutTrace) {
      Truth truth = new Truth(run);
      String thread = run.path("thread_id").asText(run.path("session_id").asText());
      RunFold fold =
          left.stream()
              .filter(one -> mayBe(thread, one.summary().thread()))
              .min(Comparator.comparing(one -> !thread.equals(one.summary().thread())))
              .orElse(null);
      left.remove(fold);
      truth.compare(fold);
      truths.add(truth);
    }
    return truths;
  }

  private static boolean mayBe(String thread, @Nullable String seen) {
    return thread.isEmpty() || seen == null || thread.equals(seen);
  }

  private static boolean isNamed(RunFold fold, JsonNode run) {
    return fold.summary().key().run().equals(run.path("run_id").asText());
  }

  /** Null where no run stands for it. */
  void compare(@Nullable RunFold fold) {
    if (fold == null) {
      found.put("run", "missing");
      return;
    }
    found.put("run", null);
    RunSummary summary = fold.summary();
    state(summary);
    thread(summary);
    tools(fold);
    waits(fold);
    tokens(summary);
    agents(summary);
  }

  private void state(RunSummary summary) {
    List<String> right = new ArrayList<>();
    right.add(run.path("expected_state").asText());
    right.add(run.path("expected_state_alt").asText());
    run.path("acceptable_states").forEach(state -> right.add(state.asText()));
    String seen = summary.state().word();
    found.put("state", right.contains(seen) ? null : seen + " instead of " + right.getFirst());
  }

  private void thread(RunSummary summary) {
    String thread = run.path("thread_id").asText(run.path("thread_from_metadata").asText());
    if (!thread.isEmpty() && !thread.equals("null")) {
      found.put(
          "thread",
          thread.equals(summary.thread()) ? null : summary.thread() + " instead of " + thread);
    }
  }

  private void tools(RunFold fold) {
    List<String> calls = new ArrayList<>();
    for (JsonNode call : run.path("tool_calls")) {
      if (call.path("visible").asBoolean(true)) {
        calls.add(call.path("name").asText() + "=" + call.path("ok").asText());
      }
    }
    calls.sort(null);
    List<String> seen = new ArrayList<>();
    for (Step step : fold.steps()) {
      if (step.kind() == StepKind.TOOL) {
        String ok =
            switch (step.state()) {
              case COMPLETED -> "true";
              case FAILED -> "false";
              default -> "null";
            };
        seen.add(step.name() + "=" + ok);
      }
    }
    seen.sort(null);
    if (!calls.isEmpty() || !seen.isEmpty()) {
      found.put("tools", calls.equals(seen) ? null : seen + " instead of " + calls);
    }
  }

  private void waits(RunFold fold) {
    List<String> right = new ArrayList<>();
    for (JsonNode wait : run.path("waits")) {
      String outcome = wait.path("state").asText(wait.path("outcome").asText());
      boolean open = outcome.startsWith("open") || outcome.startsWith("unanswered");
      right.add(wait.path("kind").asText() + (open ? "?" : ""));
    }
    right.sort(null);
    // Open when the run ended, and answered by a later one: both are said of it, and either is
    // true.
    boolean bySomeRun = right.stream().anyMatch(wait -> wait.endsWith("?"));
    List<String> seen = new ArrayList<>();
    for (Wait wait : fold.waits()) {
      boolean openThen = wait.open() || (bySomeRun && wait.resolvedRun() != null);
      seen.add(wait.kind().word() + (openThen ? "?" : ""));
    }
    seen.sort(null);
    if (!right.isEmpty() || !seen.isEmpty()) {
      found.put("waits", right.equals(seen) ? null : seen + " instead of " + right);
    }
  }

  private void tokens(RunSummary summary) {
    JsonNode tokens = run.path("tokens");
    JsonNode leaves = run.path("otlp_leaf_tokens");
    JsonNode right = tokens.has("turn") ? tokens.path("turn") : tokens;
    if (right.has("input") || right.has("input_tokens")) {
      TokenUsage usage = summary.usage() == null ? TokenUsage.of(0L, 0L) : summary.usage();
      JsonNode seenOnSpans = run.path("tokens_seen_on_spans");
      boolean same = Stream.of(right, leaves, seenOnSpans).anyMatch(told -> same(told, usage));
      String seen = usage.input() + "/" + usage.output();
      found.put("tokens", same ? null : seen + " instead of " + right);
    }
  }

  private static boolean same(JsonNode right, TokenUsage seen) {
    long input = right.path("input").asLong(right.path("input_tokens").asLong());
    long output = right.path("output").asLong(right.path("output_tokens").asLong());
    return !right.isMissingNode()
        && input == (seen.input() == null ? 0 : seen.input())
        && output == (seen.output() == null ? 0 : seen.output());
  }

  private void agents(RunSummary summary) {
    Set<String> right = new TreeSet<>();
    run.path("agents").forEach(agent -> right.add(agent.asText()));
    if (!right.isEmpty()) {
      Set<String> seen = new TreeSet<>(summary.agents());
      found.put("agents", seen.equals(right) ? null : seen + " instead of " + right);
    }
  }
}
