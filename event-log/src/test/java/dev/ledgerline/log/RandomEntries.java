// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Entries with every fact and odd values; the same seed gives the same ones. */
final class RandomEntries {
  private static final String[] TEXTS = {
    "",
    "a",
    "run-1",
    "planner",
    "ünïcödé",
    "日本語",
    "𝄞 clef",
    "a\u0000b",
    "\u202Eabc",
    "x".repeat(127),
    "y".repeat(128),
    "z".repeat(20_000)
  };
  private static final Instant[] TIMES = {
    Instant.EPOCH,
    Instant.MIN,
    Instant.MAX,
    Instant.parse("2026-11-21T10:43:01.123Z"),
    Instant.parse("1969-12-31T23:59:59.999999999Z")
  };

  private final Random random;

  RandomEntries(long seed) {
    random = new Random(seed);
  }

  Entry entry() {
    return switch (random.nextInt(8)) {
      case 0 ->
          new Entry.Concluded(
              text(), text(), maybe(this::text), time(), headers(), events(3, id(), "s", "d"));
      case 1 ->
          new Entry.Refused(
              text(),
              text(),
              time(),
              maybe(this::text),
              maybe(this::text),
              maybe(this::number),
              new Rejection(one(Rejection.Code.values()), maybe(this::text), text()),
              headers(),
              bytes());
      case 2 -> new Entry.Repeated(text(), time(), random.nextInt(Integer.MAX_VALUE));
      case 3 -> new Entry.Replayed(text(), time(), text());
      default -> {
        EventId id = id();
        String source = text();
        String dialect = text();
        yield new Entry.Recorded(
            source,
            dialect,
            id,
            random.nextLong(),
            maybe(this::text),
            maybe(this::number),
            time(),
            random.nextBoolean(),
            headers(),
            bytes(),
            events(4, id, source, dialect));
      }
    };
  }

  /** One of each kind of fact. */
  List<Fact> facts() {
    return List.of(
        new Fact.StateChange(
            one(Entity.values()),
            maybe(this::text),
            maybe(() -> one(State.values())),
            one(State.values()),
            maybe(this::text),
            maybe(this::text),
            maybe(this::text),
            one(Quality.values()),
            one(Fact.Firmness.values())),
        new Fact.RetryScheduled(
            maybe(random::nextInt), maybe(this::number), maybe(this::time), maybe(this::text)),
        new Fact.WaitOpened(
            text(),
            one(WaitKind.values()),
            maybe(this::text),
            random.nextBoolean(),
            maybe(this::text),
            one(Quality.values())),
        new Fact.WaitResolved(
            maybe(this::text),
            one(WaitOutcome.values()),
            maybe(this::text),
            maybe(this::text),
            one(Quality.values())),
        new Fact.Message(one(Role.values()), random.nextBoolean(), maybe(this::text)),
        new Fact.Reasoning(maybe(this::text)),
        new Fact.ToolCall(maybe(this::text), maybe(this::text), maybe(this::text)),
        new Fact.ToolProgress(maybe(this::text), maybe(this::text)),
        new Fact.ToolResult(
            maybe(this::text),
            maybe(this::text),
            one(ToolOutcome.values()),
            maybe(this::text),
            maybe(this::text),
            random.nextBoolean(),
            random.nextBoolean()),
        new Fact.ModelRequest(maybe(this::text), maybe(this::text)),
        new Fact.ModelResponse(
            maybe(this::text), maybe(this::text), maybe(this::usage), maybe(this::text)),
        new Fact.UsageReported(
            text(), random.nextBoolean(), usage(), random.nextBoolean(), maybe(this::usage)),
        new Fact.ArtifactProduced(
            maybe(this::text), maybe(this::text), maybe(this::text), maybe(this::text)),
        new Fact.PlanUpdated(),
        new Fact.Handoff(maybe(this::text), maybe(this::text)),
        new Fact.Snapshot(),
        new Fact.Control(text()),
        new Fact.ErrorReported(maybe(this::text), maybe(this::text), text(), random.nextBoolean()),
        new Fact.LogLine(maybe(this::text), maybe(this::text)),
        new Fact.SpanRecorded(
            text(),
            maybe(this::text),
            one(StepKind.values()),
            text(),
            maybe(this::text),
            time(),
            maybe(this::time),
            one(ToolOutcome.values()),
            maybe(this::text),
            maybe(this::usage),
            maybe(this::text),
            random.nextBoolean(),
            maybe(() -> one(State.values())),
            maybe(this::text)),
        new Fact.UnknownFact(text()),
        new Fact.RuleBroken(text(), text(), text(), text()),
        new Fact.PartOf(text()));
  }

  Event event(EventId id, String source, String dialect, Fact fact) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : Flag.values()) {
      if (random.nextInt(6) == 0) {
        flags.add(flag);
      }
    }
    return new Event(
        id,
        source,
        dialect,
        text(),
        maybe(this::text),
        new Scope(
            maybe(this::text),
            one(RunIdQuality.values()),
            maybe(this::text),
            maybe(this::text),
            maybe(this::text),
            maybe(this::text),
            maybe(this::text),
            maybe(this::text),
            maybe(random::nextInt),
            maybe(random::nextInt),
            maybe(this::text)),
        maybe(this::time),
        time(),
        one(TimeQuality.values()),
        maybe(this::number),
        fact,
        flags,
        text());
  }

  EventId id() {
    return new EventId(random.nextLong(), random.nextLong());
  }

  private List<Event> events(int atMost, EventId id, String source, String dialect) {
    List<Event> events = new ArrayList<>();
    for (int i = random.nextInt(atMost + 1); i > 0; i--) {
      boolean same = random.nextBoolean();
      List<Fact> facts = facts();
      events.add(
          event(
              same ? id : id(),
              same ? source : text(),
              same ? dialect : text(),
              facts.get(random.nextInt(facts.size()))));
    }
    return events;
  }

  private Entry.Headers headers() {
    return random.nextBoolean()
        ? Entry.Headers.NONE
        : new Entry.Headers(
            maybe(this::text), maybe(this::text), maybe(this::text), maybe(this::text));
  }

  private TokenUsage usage() {
    return new TokenUsage(
        maybe(this::number),
        maybe(this::number),
        maybe(this::number),
        maybe(this::number),
        maybe(this::number),
        maybe(this::number),
        maybe(random::nextGaussian));
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(10) == 0 ? 70_000 : random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  private String text() {
    return one(TEXTS);
  }

  private Instant time() {
    return one(TIMES);
  }

  private Long number() {
    return random.nextLong() >> random.nextInt(64);
  }

  private <T> T one(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private <T> @Nullable T maybe(Supplier<T> value) {
    return random.nextBoolean() ? value.get() : null;
  }
}
