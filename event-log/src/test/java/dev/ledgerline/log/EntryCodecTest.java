// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EntryCodecTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:43:01.123Z");
  private static final EventId ID = EventId.named("test");

  private final long seed = new Random().nextLong();
  private final RandomEntries random = new RandomEntries(seed);

  @Test
  void everyFactComesBackAsItWas() throws Exception {
    for (int round = 0; round < 50; round++) {
      for (Fact fact : random.facts()) {
        Event event = random.event(ID, "s", "d", fact);
        assertComesBack(recorded(List.of(event), "{}"));
      }
    }
  }

  @Test
  void anyEntryComesBackAsItWas() throws Exception {
    for (int round = 0; round < 2_000; round++) {
      assertComesBack(random.entry());
    }
  }

  @Test
  void theHeaderAloneHasNeitherEventsNorOriginal() throws Exception {
    Entry.Recorded whole = recorded(List.of(event(new Fact.PlanUpdated())), "{\"a\":1}");

    Entry.Recorded header = (Entry.Recorded) EntryCodec.decodeHeader(EntryCodec.encode(whole));

    assertEquals(whole.id(), header.id());
    assertEquals(whole.contentHash(), header.contentHash());
    assertEquals(whole.stream(), header.stream());
    assertEquals(List.of(), header.events());
    assertEquals(0, header.original().length);
  }

  @Test
  void anEntryCutAnywhereIsMalformed() {
    for (int round = 0; round < 20; round++) {
      byte[] bytes = EntryCodec.encode(random.entry());
      for (int length = 0; length < bytes.length; length += length < 400 ? 1 : 997) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThrows(
            MalformedEntryException.class,
            () -> EntryCodec.decode(cut),
            () -> "cut to " + cut.length + " of " + bytes.length + ", seed " + seed);
      }
    }
  }

  @Test
  void bytesTooManyAreMalformed() {
    byte[] bytes = EntryCodec.encode(new Entry.Repeated("s", NOW, 3));
    assertThrows(
        MalformedEntryException.class,
        () -> EntryCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)));
  }

  @Test
  void alteredBytesGiveAnEntryOrAClearError() {
    Random bits = new Random(seed);
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = EntryCodec.encode(random.entry());
      int at = bits.nextInt(Math.min(bytes.length, 600));
      bytes[at] ^= (byte) (1 << bits.nextInt(8));
      try {
        EntryCodec.decode(bytes);
      } catch (MalformedEntryException expected) {
        assertTrue(expected.getMessage() != null);
      }
    }
  }

  @Test
  void aHugeLengthIsRefusedBeforeAnythingIsAllocatedForIt() {
    byte[] source = {1, 4, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
    assertThrows(MalformedEntryException.class, () -> EntryCodec.decode(source));
  }

  @Test
  void anotherVersionIsNamed() {
    byte[] bytes = EntryCodec.encode(new Entry.Repeated("s", NOW, 3));
    bytes[0] = 2;
    MalformedEntryException e =
        assertThrows(MalformedEntryException.class, () -> EntryCodec.decode(bytes));
    assertEquals("entry of version 2; this program reads version 1", e.getMessage());
  }

  @Test
  void aFactOfANewerVersionIsUnknown() throws Exception {
    ByteSink out = new ByteSink(8);
    out.number(99);
    int block = out.startBlock();
    out.text("something new");
    out.endBlock(block);

    Fact fact = FactCodec.read(new ByteSource(out.toByteArray()), "NewThing");

    assertEquals(new Fact.UnknownFact("NewThing"), fact);
  }

  @Test
  void aConstantOfANewerVersionMakesTheFactUnknown() throws Exception {
    ByteSink out = new ByteSink(8);
    FactCodec.write(new Fact.Message(Role.USER, false, null), out);
    byte[] bytes = out.toByteArray();
    bytes[2] = 77;

    assertEquals(new Fact.UnknownFact("Said"), FactCodec.read(new ByteSource(bytes), "Said"));
  }

  @Test
  void fieldsThatANewerVersionAddsToAFactAreSkipped() throws Exception {
    ByteSink out = new ByteSink(8);
    FactCodec.write(new Fact.LogLine("warn"), out);
    byte[] bytes = Arrays.copyOf(out.toByteArray(), out.toByteArray().length + 2);
    bytes[1] = (byte) (bytes[1] + 2);

    assertEquals(new Fact.LogLine("warn"), FactCodec.read(new ByteSource(bytes), "Log"));
  }

  @Test
  void anEventWithoutAnIdOfItsOwnIsMalformedWhereItsEntryHasNone() {
    Entry concluded =
        new Entry.Concluded(
            "s", "d", null, NOW, Entry.Headers.NONE, List.of(event(new Fact.PlanUpdated())));
    byte[] bytes = EntryCodec.encode(concluded);
    int has = 0;
    while (bytes[has] != 0x31 || bytes[has + 1] != (byte) (ID.high() >>> 56)) {
      has++;
    }
    bytes[has] = 0x30;
    assertThrows(MalformedEntryException.class, () -> EntryCodec.decode(bytes));
  }

  /** Fails when the form changes: then logs that exist could not be read any more. */
  @Test
  void theFormDoesNotChange() throws Exception {
    Entry.Recorded entry =
        recorded(
            List.of(event(Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"))),
            "{\"type\":\"RunStarted\"}");
    String golden =
        """
        01010273ead68bb00dc0a9d33a0264824f17c6d65b56869f73405df248fd77000000000000002a07
        73747265616d010e0000000000570155300b52756e53746172746564033137e8d68bb00dc0a9d33a
        00064008737461727465640672756e2d3100097468726561642d31000008706c616e6e6572000000
        011300000004000b52756e53746172746564000000157b2274797065223a2252756e537461727465
        64227d""";

    assertEquals(golden.replace("\n", ""), HexFormat.of().formatHex(EntryCodec.encode(entry)));
    assertEquals(
        entry.events(),
        assertInstanceOf(
                Entry.Recorded.class,
                EntryCodec.decode(HexFormat.of().parseHex(golden.replace("\n", ""))))
            .events());
  }

  /** Constants are stored by their place: new ones go to the end of their enum. */
  @Test
  void constantsKeepTheirPlaces() {
    assertEquals("[REPORTED, DERIVED, SYNTHESIZED]", Arrays.toString(Quality.values()));
    assertEquals("[SOURCE, DERIVED, INGEST]", Arrays.toString(TimeQuality.values()));
    assertEquals("[FIRM, SOFT, REOPENS]", Arrays.toString(Fact.Firmness.values()));
    assertEquals("[NATIVE, DERIVED, ABSENT]", Arrays.toString(RunIdQuality.values()));
    assertEquals("[RUN, TASK, THREAD, TURN, TOOL, AGENT]", Arrays.toString(Entity.values()));
    assertEquals("[SYSTEM, USER, ASSISTANT, TOOL, UNKNOWN]", Arrays.toString(Role.values()));
    assertEquals("[OK, FAILED, UNTOLD]", Arrays.toString(ToolOutcome.values()));
    assertEquals(
        "[TURN, MODEL, TOOL, AGENT, WAIT, TASK, OTHER]", Arrays.toString(StepKind.values()));
    assertEquals(
        "[HUMAN_INPUT, APPROVAL, AUTH, TOOL_OUTPUT, EXTERNAL, CHILD, TIMER, CAPACITY, REVIEW]",
        Arrays.toString(WaitKind.values()));
    assertEquals(
        "[ANSWERED, APPROVED, DENIED, CANCELED, EXPIRED, SUPERSEDED, UNKNOWN]",
        Arrays.toString(WaitOutcome.values()));
    assertEquals(
        "[UNKNOWN, SUBMITTED, QUEUED, STARTING, RUNNING, WAITING, PAUSED, RETRY_SCHEDULED,"
            + " CANCELING, COMPLETED, FAILED, CANCELED, TIMED_OUT, REJECTED, INCOMPLETE,"
            + " SUSPENDED, SUPERSEDED, RELEASED, LOST]",
        Arrays.toString(State.values()));
    assertEquals(
        "[ILLEGAL_TRANSITION, AFTER_END, UNKNOWN_TYPE, INVALID_FIELD, CONTEXT_MISMATCH,"
            + " NO_IDENTITY, CLOCK_SKEW]",
        Arrays.toString(Flag.values()));
    assertEquals(
        "[INVALID_JSON, INVALID_ENCODING, TRUNCATED, MISSING_FIELD, INVALID_FIELD,"
            + " UNKNOWN_DIALECT, CONFLICT, TOO_LARGE, TOO_DEEP]",
        Arrays.toString(Rejection.Code.values()));
  }

  private void assertComesBack(Entry entry) throws MalformedEntryException {
    Entry back = EntryCodec.decode(EntryCodec.encode(entry));
    // Records compare arrays by identity, so the bytes are compared apart.
    if (entry instanceof Entry.Recorded a && back instanceof Entry.Recorded b) {
      assertArrayEquals(a.original(), b.original(), () -> "seed " + seed);
      assertEquals(withBytes(a, a.original()), withBytes(b, a.original()), () -> "seed " + seed);
    } else if (entry instanceof Entry.Refused a && back instanceof Entry.Refused b) {
      assertArrayEquals(a.record(), b.record(), () -> "seed " + seed);
      assertEquals(withBytes(a, a.record()), withBytes(b, a.record()), () -> "seed " + seed);
    } else {
      assertEquals(entry, back, () -> "seed " + seed);
    }
  }

  private static Entry.Recorded withBytes(Entry.Recorded e, byte[] bytes) {
    return new Entry.Recorded(
        e.source(),
        e.dialect(),
        e.id(),
        e.contentHash(),
        e.stream(),
        e.number(),
        e.observedAt(),
        e.maybeOlderTwin(),
        e.context(),
        bytes,
        e.events());
  }

  private static Entry.Refused withBytes(Entry.Refused e, byte[] bytes) {
    return new Entry.Refused(
        e.source(),
        e.id(),
        e.observedAt(),
        e.dialect(),
        e.stream(),
        e.number(),
        e.rejection(),
        e.context(),
        bytes);
  }

  private static Entry.Recorded recorded(List<Event> events, String original) {
    return new Entry.Recorded(
        "s",
        "d",
        ID,
        42,
        "stream",
        7L,
        NOW,
        false,
        Entry.Headers.NONE,
        original.getBytes(StandardCharsets.UTF_8),
        events);
  }

  private static Event event(Fact fact) {
    return new Event(
        ID,
        "s",
        "d",
        "RunStarted",
        "17",
        Scope.of("run-1", "thread-1", "planner"),
        NOW.minusSeconds(1),
        NOW,
        TimeQuality.SOURCE,
        3L,
        fact,
        Set.of(Flag.CLOCK_SKEW),
        "started");
  }
}
