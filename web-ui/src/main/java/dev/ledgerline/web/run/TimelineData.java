// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.query.Skeleton;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Transition;
import dev.ledgerline.run.Wait;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The steps, waits and states of a run in columns, times in milliseconds since its start: what
 * {@code ledgerline-timeline.js} draws. A lane per agent in order of appearance; in a lane a step
 * takes the first row that is free from its start on, so what encloses it stands above it.
 */
final class TimelineData {
  private static final JsonFactory JSON = new JsonFactory();

  /** Characters of what is asked in a wait: a label. The event has all of it. */
  private static final int MAX_PROMPT = 200;

  private final long from;
  private final long to;
  private final boolean live;

  /**
   * The source tells no times and everything came at once: then the number of an event stands for
   * its time.
   */
  private final boolean byNumber;

  private final Map<String, Integer> lanes = new LinkedHashMap<>();
  private final List<List<Long>> rows = new ArrayList<>();
  private final Map<String, Integer> names = new LinkedHashMap<>();

  private TimelineData(Skeleton skeleton, Instant now) {
    RunSummary run = skeleton.run();
    from = run.startedAt().toEpochMilli();
    live = !run.state().terminal();
    long latest = run.endedAt() == null ? from + 1 : run.endedAt().toEpochMilli();
    for (Step step : skeleton.steps()) {
      latest =
          Math.max(
              latest,
              step.endedAt() == null
                  ? step.startedAt().toEpochMilli()
                  : step.endedAt().toEpochMilli());
    }
    for (Wait wait : skeleton.waits()) {
      latest = Math.max(latest, wait.openedAt().toEpochMilli());
    }
    byNumber = run.timeQuality() == TimeQuality.INGEST && latest - from < run.events();
    // The clock of the sender may be ahead of ours: then the newest that it told is now.
    to = byNumber ? from + run.events() : live ? Math.max(latest, now.toEpochMilli()) : latest;
  }

  static byte[] of(Skeleton skeleton, Instant now) {
    TimelineData data = new TimelineData(skeleton, now);
    try {
      return data.write(skeleton);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] write(Skeleton skeleton) throws IOException {
    List<Step> sorted =
        skeleton.steps().stream()
            .sorted(
                Comparator.comparing(Step::startedAt)
                    .thenComparing(s -> s.kind() != StepKind.AGENT)
                    .thenComparingLong(Step::firstSeq))
            .toList();
    int[] lane = new int[sorted.size()];
    int[] row = new int[sorted.size()];
    skeleton.run().agents().forEach(this::lane);
    for (int i = 0; i < lane.length; i++) {
      Step step = sorted.get(i);
      // The step of a sub-agent is what it did: it stands in its own lane.
      lane[i] =
          lane(step.kind() == StepKind.AGENT && step.name() != null ? step.name() : step.agent());
      row[i] = freeRow(lane[i], start(step), end(step));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + sorted.size() * 48);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("from", from);
      json.writeNumberField("to", to - from);
      json.writeBooleanField("live", live);
      json.writeBooleanField("byNumber", byNumber);
      json.writeObjectFieldStart("steps");
      column(json, "start", sorted, this::start);
      column(json, "end", sorted, s -> s.endedAt() == null ? -1 : end(s));
      column(json, "seq", sorted, Step::firstSeq);
      column(json, "name", sorted, s -> name(s.name() == null ? s.kind().word() : s.name()));
      json.writeFieldName("lane");
      json.writeArray(lane, 0, lane.length);
      json.writeFieldName("row");
      json.writeArray(row, 0, row.length);
      words(json, "kind", sorted, s -> s.kind().word());
      words(json, "state", sorted, s -> s.state().word());
      json.writeEndObject();
      json.writeArrayFieldStart("waits");
      for (Wait wait : skeleton.waits()) {
        json.writeStartArray();
        json.writeNumber(at(wait.openedAt(), wait.openedSeq()));
        json.writeNumber(
            wait.resolvedAt() == null || wait.resolvedSeq() == null
                ? (live ? -1 : to - from)
                : at(wait.resolvedAt(), wait.resolvedSeq()));
        json.writeNumber(lane(wait.agent()));
        json.writeString(wait.kind().word());
        json.writeString(brief(wait.prompt()));
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("states");
      for (Transition t : skeleton.states()) {
        if (t.legal() || !t.from().terminal()) {
          json.writeStartArray();
          json.writeNumber(at(t.at(), t.seq()));
          json.writeString(t.to().word());
          json.writeEndArray();
        }
      }
      if (skeleton.states().isEmpty()) {
        json.writeStartArray();
        json.writeNumber(0);
        json.writeString(State.UNKNOWN.word());
        json.writeEndArray();
      }
      json.writeEndArray();
      list(json, "lanes", lanes);
      list(json, "names", names);
      json.writeArrayFieldStart("rows");
      for (List<Long> laneRows : rows) {
        json.writeNumber(Math.max(1, laneRows.size()));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static String brief(@Nullable String prompt) {
    return prompt == null
        ? ""
        : prompt.length() <= MAX_PROMPT ? prompt : prompt.substring(0, MAX_PROMPT) + " …";
  }

  private long at(Instant time, long seq) {
    return byNumber ? seq - 1 : Math.max(0, time.toEpochMilli() - from);
  }

  private long start(Step step) {
    return at(step.startedAt(), step.firstSeq());
  }

  private long end(Step step) {
    return step.endedAt() == null ? start(step) + 1 : at(step.endedAt(), step.lastSeq());
  }

  private int lane(@Nullable String agent) {
    return lanes.computeIfAbsent(
        agent == null ? "" : agent,
        _ -> {
          rows.add(new ArrayList<>());
          return rows.size() - 1;
        });
  }

  private int freeRow(int lane, long start, long end) {
    List<Long> until = rows.get(lane);
    for (int row = 0; row < until.size(); row++) {
      if (until.get(row) <= start) {
        until.set(row, end);
        return row;
      }
    }
    until.add(end);
    return until.size() - 1;
  }

  private int name(String text) {
    return names.computeIfAbsent(text, _ -> names.size());
  }

  private static void column(
      JsonGenerator json, String name, List<Step> steps, ToLongFunction<Step> value)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Step step : steps) {
      json.writeNumber(value.applyAsLong(step));
    }
    json.writeEndArray();
  }

  private static void words(
      JsonGenerator json, String name, List<Step> steps, Function<Step, String> value)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Step step : steps) {
      json.writeString(value.apply(step));
    }
    json.writeEndArray();
  }

  private static void list(JsonGenerator json, String name, Map<String, Integer> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts.keySet()) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
