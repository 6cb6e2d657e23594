// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.EventId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Tells one story once: keeps its time, names its ids and writes down its moments. */
public final class Narrator {
  /** A pause is up to this part longer or shorter than the plot says, as real ones are. */
  private static final double JITTER = 0.15;

  private static final Duration FAST_STORIES_BEGIN = Duration.ofMinutes(5);

  private static final DateTimeFormatter LOG_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);

  static final ObjectMapper JSON = new ObjectMapper();

  private final String story;
  private final long seed;
  private final Instant start;
  private final double speed;
  private final Random random;
  private final List<Told> told = new ArrayList<>();
  private Instant now;

  Narrator(String story, long seed, Instant start, double speed) {
    this.story = story;
    this.seed = seed;
    this.start = start.truncatedTo(ChronoUnit.MILLIS);
    this.speed = speed;
    this.random = new Random(seed);
    this.now = this.start;
  }

  /** Lets time pass; seconds are those of human speed. */
  void pause(double seconds) {
    double around = seconds * (1 + JITTER * (2 * random.nextDouble() - 1)) / speed;
    // Even at any speed no two moments are at the same time, or their order could not be seen.
    long millis = Math.max(1, Math.round(around * 1_000));
    now = now.plusMillis(millis);
  }

  /** When what is told next happens, if it is that many seconds of human speed away. */
  Instant in(double seconds) {
    return now.plus(Duration.ofMillis(Math.round(seconds / speed * 1_000)));
  }

  /** An id that follows from the label, unique among all tellings. */
  String id(String label) {
    return EventId.named("story", story, Long.toString(seed), start.toString(), label).toString();
  }

  /** A run of its own. */
  ToldRun run(String label, String thread) {
    return new ToldRun(this, id("run " + label), thread);
  }

  /** An event outside any run, about a task. */
  ObjectNode outside(String type, String task, String thread) {
    ObjectNode event = event(type);
    event.put("id", id("outside " + told.size()));
    event.put("task_id", task);
    event.put("thread_id", thread);
    return event;
  }

  /** An event that happens now; what it says is filled in by who asks for it. */
  ObjectNode event(String type) {
    pause(0.02);
    ObjectNode event = JSON.createObjectNode();
    event.put("type", type);
    event.put("timestamp", now.toString());
    told.add(new Told(now, event, null));
    return event;
  }

  /**
   * A line of a log, that many seconds of human speed after the beginning; lines may be told in any
   * order. Its own time is always that of human speed, since it speaks of delays: of a story that
   * is told faster it lies in the past.
   */
  void line(double atSeconds, String level, String message) {
    Instant at = start.plus(Duration.ofNanos(Math.round(atSeconds / speed * 1e9)));
    Instant written = start.plus(Duration.ofNanos(Math.round(atSeconds * 1e9)));
    if (speed > 1) {
      written = written.minus(FAST_STORIES_BEGIN);
    }
    told.add(new Told(at, null, LOG_TIME.format(written) + " " + level + ": " + message));
  }

  /** What is told: an event whose fields may still be filled in, or a line. */
  private record Told(Instant at, @Nullable ObjectNode event, @Nullable String line) {
    private Moment moment() {
      return new Moment(at, event == null ? String.valueOf(line) : event.toString());
    }
  }

  List<Moment> moments() {
    return told.stream().sorted(Comparator.comparing(Told::at)).map(Told::moment).toList();
  }

  static void putUnlessNull(ObjectNode event, String field, @Nullable String value) {
    if (value != null) {
      event.put(field, value);
    }
  }
}
