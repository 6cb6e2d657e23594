// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StoriesTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  /** Those of the native form. */
  static Stream<Story> stories() {
    return Stories.all().stream().filter(story -> story.form() == Story.Form.EVENTS);
  }

  private static ObjectNode event(Moment moment) {
    try {
      return (ObjectNode) Narrator.JSON.readTree(moment.record());
    } catch (JacksonException e) {
      throw new IllegalArgumentException(moment.record(), e);
    }
  }

  @Test
  void theLogOfADayIsInTheOrderOfItsTimes() {
    Story day = Stories.all().getLast();
    List<String> lines = day.told(1, START, 50).stream().map(Moment::record).toList();
    List<String> times = lines.stream().map(line -> line.substring(0, 26)).toList();
    assertEquals(times.stream().sorted().toList(), times);
    assertTrue(lines.getFirst().startsWith("2026-11-21T09:55:00.000000+00:00 info: Dispatching"));
    for (String issue : List.of("MT-301", "MT-302", "MT-303", "MT-304", "MT-305")) {
      assertTrue(lines.stream().anyMatch(line -> line.contains("issue_identifier=" + issue)));
    }
  }

  @ParameterizedTest
  @MethodSource("stories")
  void eventsOfARunAreNumberedFromOneAndBeginWithItsStart(Story story) {
    runs(story)
        .forEach(
            (run, events) -> {
              assertEquals("RunStarted", text(events.getFirst(), "type"), run);
              for (int i = 0; i < events.size(); i++) {
                ObjectNode event = events.get(i);
                boolean artifact = text(event, "type").equals("ArtifactGenerated");
                assertEquals(i + 1, event.path(artifact ? "order" : "id").asInt(), run);
                for (String field : List.of("thread_id", "agent", "role", "timestamp")) {
                  assertFalse(text(event, field).isEmpty(), () -> field + " of " + event);
                }
              }
            });
  }

  @ParameterizedTest
  @MethodSource("stories")
  void timeOnlyGoesForward(Story story) {
    List<Moment> moments = story.told(1, START, 1_000_000);
    for (int i = 1; i < moments.size(); i++) {
      assertTrue(moments.get(i).at().isAfter(moments.get(i - 1).at()));
    }
    moments.forEach(
        moment -> assertEquals(moment.at(), Instant.parse(text(event(moment), "timestamp"))));
  }

  @ParameterizedTest
  @CsvSource({
    "research-team,success,'',''",
    "coding-agent,error success,'',''",
    "support-desk,'',refund_payment,approval",
    "night-watch,'',made-up model call,''"
  })
  void everythingThatBeginsEndsOrIsLeftOpenOnPurpose(
      String name, String finishes, String openCall, String openWait) {
    Story story =
        Stories.all().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    Map<String, String> calls = new HashMap<>();
    Map<String, String> waits = new HashMap<>();
    List<String> ends = new ArrayList<>();
    for (Moment moment : story.told(1, START, 1)) {
      ObjectNode event = event(moment);
      String call = text(event, "run_id") + text(event, "call_id");
      switch (text(event, "type")) {
        case "ToolCall" -> calls.put(call, text(event, "function_name"));
        case "CompletionCall" -> calls.put(call, "made-up model call");
        case "ToolResult", "ToolError", "CompletionResult" ->
            assertNotNull(calls.remove(call), () -> "answer without a call: " + event);
        case "WaitForInput" -> waits.put(text(event, "wait_id"), "human_input");
        case "WaitOpened" -> waits.put(text(event, "wait_id"), text(event, "kind"));
        case "ResumeWithInput" -> assertEquals("human_input", waits.remove(text(event, "wait_id")));
        case "RunCompleted" -> ends.add(text(event, "finish_reason"));
        default -> {}
      }
    }
    assertEquals(finishes, String.join(" ", ends));
    assertEquals(openCall, String.join(" ", calls.values()));
    assertEquals(openWait, String.join(" ", waits.values()));
  }

  @Test
  void theResumedRunContinuesTheFailedOneInItsThread() {
    Map<String, List<ObjectNode>> runs = runs(Stories.all().get(1));
    List<String> ids = List.copyOf(runs.keySet());
    ObjectNode first = runs.getOrDefault(ids.get(0), List.of()).getFirst();
    ObjectNode second = runs.getOrDefault(ids.get(1), List.of()).getFirst();

    assertEquals(2, ids.size());
    assertEquals(ids.get(0), text(second, "continues_run_id"));
    assertEquals(text(first, "thread_id"), text(second, "thread_id"));
    assertEquals(text(first, "task_id"), text(second, "task_id"));
    assertEquals(2, second.path("attempt").asInt());
  }

  @Test
  void subAgentsWorkAtTheSameTimeInLanesOfTheirOwn() {
    Set<String> agents = new HashSet<>();
    int switches = 0;
    String last = "";
    for (Moment moment : Stories.all().getFirst().told(1, START, 1)) {
      String agent = text(event(moment), "agent");
      agents.add(agent);
      assertEquals(agent.equals("planner") ? 0 : 1, event(moment).path("depth").asInt());
      switches += agent.equals(last) ? 0 : 1;
      last = agent;
    }
    assertEquals(Set.of("planner", "scout", "analyst"), agents);
    assertTrue(switches > 8, "they take turns: " + switches);
  }

  @ParameterizedTest
  @MethodSource("stories")
  void aStoryToldAgainIsTheSameAndToldLaterIsNewRuns(Story story) {
    assertEquals(story.told(7, START, 1), story.told(7, START, 1));
    Set<String> ids = new HashSet<>(runs(story.told(7, START, 1)).keySet());
    ids.retainAll(runs(story.told(7, START.plusMillis(1), 1)).keySet());
    ids.retainAll(runs(story.told(8, START, 1)).keySet());
    assertEquals(Set.of(), ids);
  }

  @ParameterizedTest
  @MethodSource("stories")
  void aStoryTakesSecondsToAMinuteOfAPersonsTimeAndLessAtHigherSpeed(Story story) {
    Duration human = length(story.told(1, START, 1));
    Duration fast = length(story.told(1, START, 10));

    assertTrue(human.toSeconds() >= 5 && human.toSeconds() <= 120, human.toString());
    assertTrue(fast.multipliedBy(8).compareTo(human) < 0, fast + " against " + human);
  }

  private static Duration length(List<Moment> moments) {
    return Duration.between(moments.getFirst().at(), moments.getLast().at());
  }

  private static Map<String, List<ObjectNode>> runs(Story story) {
    return runs(story.told(1, START, 1));
  }

  private static Map<String, List<ObjectNode>> runs(List<Moment> moments) {
    Map<String, List<ObjectNode>> runs = new LinkedHashMap<>();
    for (Moment moment : moments) {
      if (event(moment).has("run_id")) {
        runs.computeIfAbsent(text(event(moment), "run_id"), run -> new ArrayList<>())
            .add(event(moment));
      }
    }
    return runs;
  }

  private static String text(ObjectNode event, String field) {
    return event.path(field).asText();
  }
}
