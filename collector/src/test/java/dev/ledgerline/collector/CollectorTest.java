// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.collector.DeliveryRefusedException.Code;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.event.Receipt.Status;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.log.Entry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorTest {
  private static final String CALL =
      """
      {"id":"%s","run_id":"r1","type":"ToolCall","agent":"planner","name":"search","args":{"q":"%s"}}
      """;

  @TempDir Path folder;

  @Test
  void storesARecordWithItsEventsAndSaysWhere() throws Exception {
    try (House house = new House(folder)) {
      Receipt receipt = house.take(CALL.formatted("1", "x"));
      assertEquals(1, receipt.stored());
      assertEquals("0-1", receipt.position());
      Event event = house.events().getFirst();
      assertEquals("r1", event.scope().run());
      assertEquals("agent-protocol", event.dialect());
      assertEquals("src", event.source());
      assertEquals(House.NOW, event.observedAt());
      assertTrue(event.flags().isEmpty(), event.flags()::toString);
      assertEquals(
          List.of(new Receipt.Item(0, event.id().toString(), Status.STORED, "0-1")),
          receipt.items());
    }
  }

  @Test
  void keepsTheGoodRecordsAndNamesTheBadOnes() throws Exception {
    try (House house = new House(folder)) {
      String good =
          IntStream.range(0, 9_999)
              .mapToObj(i -> CALL.formatted(i, "x").strip())
              .collect(Collectors.joining("\n"));
      Receipt receipt = house.take(good + "\n{\"bad\"");
      assertEquals(10_000, receipt.received());
      assertEquals(9_999, receipt.stored());
      assertEquals(1, receipt.rejected());
      assertEquals(9_999, receipt.errors().getFirst().index());
      assertEquals(Rejection.Code.TRUNCATED, receipt.errors().getFirst().rejection().code());
      assertEquals("{\"bad\"", text(house.refused().getFirst().record()));
      balances(house);
    }
  }

  @Test
  void recognisesDuplicatesAndConflictsWithinARequestAndAcrossRequests() throws Exception {
    try (House house = new House(folder)) {
      Receipt receipt =
          house.take(
              "["
                  + CALL.formatted("1", "x")
                  + ","
                  + CALL.formatted("1", "x")
                  + ","
                  + CALL.formatted("1", "y")
                  + ","
                  + CALL.formatted("2", "x")
                  + "]");
      assertEquals(
          List.of(Status.STORED, Status.DUPLICATE, Status.REJECTED, Status.STORED),
          receipt.items().stream().map(Receipt.Item::status).toList());
      assertEquals(Rejection.Code.CONFLICT, receipt.errors().getFirst().rejection().code());
      assertEquals(1, house.take(CALL.formatted("1", "x")).duplicates());
      Receipt conflict = house.take(CALL.formatted("2", "z"));
      assertEquals(1, conflict.rejected());
      assertEquals(2, house.events().size());
      balances(house);
    }
    try (House house = new House(folder)) {
      assertEquals(1, house.take(CALL.formatted("1", "x")).duplicates());
      assertEquals(1, house.take(CALL.formatted("1", "y")).rejected());
      balances(house);
    }
  }

  @Test
  void keepsSourcesApart() throws Exception {
    try (House house = new House(folder)) {
      Origin other = new Origin("other", null, null, Entry.Headers.NONE);
      assertEquals(1, house.take(CALL.formatted("1", "x")).stored());
      assertEquals(1, house.take(CALL.formatted("1", "y"), other).stored());
      assertEquals(1, house.take(CALL.formatted("1", "z"), Origin.UNTOLD).stored());
      assertEquals(
          List.of("src", "other", "agent-protocol"),
          house.events().stream().map(Event::source).toList());
      balances(house);
    }
  }

  @Test
  void storesEachEventOnceWhenManySendTheSameAtOnce() throws Exception {
    try (House house = new House(folder);
        ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Receipt>> sends = new ArrayList<>();
      for (int sender = 0; sender < 20; sender++) {
        int first = sender % 4;
        Origin origin =
            sender % 2 == 0
                ? Origin.UNTOLD
                : new Origin("agent-protocol", null, null, Entry.Headers.NONE);
        sends.add(
            () ->
                house.take(
                    IntStream.range(first * 10, first * 10 + 50)
                        .mapToObj(i -> CALL.formatted(i, "x").strip())
                        .collect(Collectors.joining("\n")),
                    origin));
      }
      int stored = 0;
      int duplicates = 0;
      for (Future<Receipt> done : senders.invokeAll(sends)) {
        stored += done.get().stored();
        duplicates += done.get().duplicates();
      }
      assertEquals(80, stored);
      assertEquals(20 * 50 - 80, duplicates);
      assertEquals(80, house.events().stream().map(Event::id).distinct().count());
      assertEquals(80, house.events().size());
      balances(house);
    }
  }

  @Test
  void numbersTheRecordsOfAStream() throws Exception {
    String three = "{\"add\":1}\n{\"add\":2}\n{\"add\":3}\n";
    try (House house = new House(folder)) {
      assertEquals(3, house.take(three, House.STREAM).stored());
      // goes on where it ended
      assertEquals(1, house.take("{\"add\":4}", House.STREAM).stored());
      Origin again = new Origin("src", "s1", 0L, Entry.Headers.NONE);
      assertEquals(3, house.take(three, again).duplicates());
      assertEquals(1, house.take("{\"add\":9}", again).rejected());
      Origin overlapping = new Origin("src", "s1", 3L, Entry.Headers.NONE);
      Receipt receipt = house.take("{\"add\":4}\n{\"add\":5}\n", overlapping);
      assertEquals(1, receipt.duplicates());
      assertEquals(1, receipt.stored());
      assertEquals(
          List.of("1", "3", "6", "10", "15"),
          house.events().stream().map(Event::summary).toList(),
          "a duplicate is not added a second time");
      assertTrue(house.events().stream().allMatch(e -> e.flags().isEmpty()));
      balances(house);
    }
    try (House house = new House(folder)) {
      house.take("{\"add\":5}", House.STREAM);
      assertEquals("20", house.events().getLast().summary());
      Entry.Recorded last = (Entry.Recorded) house.entries().getLast();
      assertEquals(5, last.number());
    }
  }

  @Test
  void leavesNoTraceInADialectOfARecordThatWasKnownByItsId() throws Exception {
    try (House house = new House(folder)) {
      house.take("{\"add\":1,\"id\":\"a\"}");
      assertEquals(1, house.take("{\"add\":1,\"id\":\"a\"}").duplicates());
      assertEquals(1, house.take("{\"add\":2,\"id\":\"a\"}").rejected());
      house.take("{\"add\":5,\"id\":\"b\"}");
      assertEquals("6", house.events().getLast().summary());
    }
  }

  @Test
  void countsARecordThatCannotBeReadAsOneOfItsStream() throws Exception {
    try (House house = new House(folder)) {
      house.take("{\"add\":1}\n{nope}\n{\"add\":2}\n{\"add\"", House.STREAM);
      assertEquals(List.of(1L, 3L), house.refused().stream().map(Entry.Refused::number).toList());
      // what was cut off comes again, whole, under the number it would have had
      house.take("{\"add\":3}", House.STREAM);
      assertEquals(3, ((Entry.Recorded) house.entries().getLast()).number());
    }
    try (House house = new House(folder)) {
      house.take("{\"add\":3}", House.STREAM);
      assertEquals(4, ((Entry.Recorded) house.entries().getLast()).number());
    }
  }

  @Test
  void flagsWhatCannotBeRecognisedAgain() throws Exception {
    try (House house = new House(folder)) {
      house.take("{\"add\":1}");
      house.take("{\"add\":1}");
      assertEquals(2, house.events().size());
      assertNotEquals(house.events().get(0).id(), house.events().get(1).id());
      assertEquals(Set.of(Flag.NO_IDENTITY), house.events().getFirst().flags());
    }
  }

  @Test
  void fillsWhatARecordLacksFromTheHeadersAndFlagsWhatDiffers() throws Exception {
    Entry.Headers headers = new Entry.Headers("run", "thread", "agent", "task");
    Origin origin = new Origin("src", "s", null, headers);
    try (House house = new House(folder)) {
      house.take("{\"add\":1}\n{\"add\":1,\"run\":\"mine\"}\n{\"add\":1,\"run\":\"run\"}", origin);
      List<Event> events = house.events();
      assertEquals("run", events.get(0).scope().run());
      assertEquals("thread", events.get(0).scope().thread());
      assertEquals("agent", events.get(0).scope().agent());
      assertEquals("task", events.get(0).scope().task());
      assertEquals(Set.of(), events.get(0).flags());
      assertEquals("mine", events.get(1).scope().run());
      assertEquals(Set.of(Flag.CONTEXT_MISMATCH), events.get(1).flags());
      assertEquals(Set.of(), events.get(2).flags());
    }
  }

  @Test
  void flagsClocksThatAreADayOff() throws Exception {
    String event =
        "{\"id\":\"%s\",\"run_id\":\"r\",\"type\":\"RunStarted\",\"agent\":\"a\",\"timestamp\":\"%s\"}";
    try (House house = new House(folder)) {
      house.take(event.formatted("1", "2027-11-21T12:00:00Z"));
      house.take(event.formatted("2", "2026-11-20T11:59:59Z"));
      house.take(event.formatted("3", "2026-11-20T12:00:00Z"));
      assertEquals(
          List.of(true, true, false),
          house.events().stream().map(e -> e.flags().contains(Flag.CLOCK_SKEW)).toList());
    }
  }

  @Test
  void refusesWhatNoDialectKnowsUnlessItHasARun() throws Exception {
    try (House house = new House(folder)) {
      Receipt receipt = house.take("{\"what\":1}\n{\"what\":2}");
      assertEquals(2, receipt.rejected());
      assertEquals(1, house.take("plain words").rejected());
      Origin origin = new Origin("src", null, null, new Entry.Headers("r9", null, null, null));
      assertEquals(1, house.take("plain words, password=hunter22", origin).stored());
      Event event = house.events().getFirst();
      assertEquals("unknown", event.dialect());
      assertEquals(new Fact.UnknownFact(""), event.fact());
      assertEquals("r9", event.scope().run());
      assertTrue(event.summary().contains("[redacted:password:"), event.summary());
    }
  }

  @Test
  void rejectsIdsThatAreTooLong() throws Exception {
    try (House house = new House(folder)) {
      Receipt receipt =
          house.take(
              "{\"id\":\"1\",\"run_id\":\""
                  + "r".repeat(10_000)
                  + "\",\"type\":\"RunStarted\",\"agent\":\"a\"}");
      assertEquals(1, receipt.rejected());
      Rejection rejection = receipt.errors().getFirst().rejection();
      assertEquals(Rejection.Code.TOO_LARGE, rejection.code());
      assertEquals("/run_id", rejection.pointer());
    }
  }

  @Test
  void concludesAStreamOnceHoweverOftenItIsSent() throws Exception {
    String body = "data: {\"add\":1,\"id\":\"a\"}\n\ndata: {\"add\":2,\"id\":\"b\"}\n\n";
    try (House house = new House(folder)) {
      house.take(body);
      house.take(body);
      assertEquals(List.of("1", "3", "3"), house.events().stream().map(Event::summary).toList());
      assertEquals("end", house.events().getLast().nativeType());
      balances(house);
    }
    try (House house = new House(folder)) {
      house.take(body);
      assertEquals(3, house.events().size());
    }
  }

  @Test
  void countsAndKeepsARequestThatHoldsNoRecord() throws Exception {
    try (House house = new House(folder)) {
      DeliveryRefusedException refused =
          assertThrows(
              DeliveryRefusedException.class,
              () -> house.take("{\"password\":\"hunter2\",\"never", House.STREAM));
      assertEquals(Code.TRUNCATED, refused.code());
      assertFalse(text(house.refused().getFirst().record()).contains("hunter2"));
      assertThrows(
          DeliveryRefusedException.class, () -> house.take("[" + "{},".repeat(10_001) + "{}]"));
      assertEquals(1, house.collector.ledger().accounts().getFirst().rejected());
      balances(house);
    }
  }

  @Test
  void replaysFromQuarantineAsItIsAndRepaired() throws Exception {
    try (House house = new House(folder)) {
      house.take("{\"add\":1}\n{\"add\":\"x\"}\n", House.STREAM);
      Entry.Refused refused = house.refused().getFirst();
      assertEquals("summing", refused.dialect());
      assertEquals(1, house.collector.replay(refused, null).rejected());
      byte[] repaired = "{\n  \"add\": 2\n}".getBytes(StandardCharsets.UTF_8);
      Receipt receipt = house.collector.replay(refused, repaired);
      assertEquals(1, receipt.stored());
      assertEquals("3", house.events().getLast().summary());
      List<Entry> entries = house.entries();
      assertEquals(new Entry.Replayed("src", House.NOW, refused.id()), entries.getLast());
      assertEquals(1, ((Entry.Recorded) entries.get(entries.size() - 2)).number());
      assertEquals(1, house.collector.replay(refused, repaired).duplicates());
      balances(house);
    }
  }

  @Test
  void takesRecordsThatWereSplitAlready() throws Exception {
    try (House house = new House(folder)) {
      Context context = new Context("src", null, null, "r", null, null, null, House.NOW);
      Receipt receipt =
          house.collector.take(
              "summing",
              List.of("{\"add\":1}".getBytes(StandardCharsets.UTF_8), new byte[0]),
              context);
      assertEquals(1, receipt.stored());
      assertEquals(1, receipt.rejected());
      assertThrows(
          IllegalArgumentException.class,
          () -> house.collector.take("no such", List.of(), context));
      assertEquals(0, house.collector.take("summing", List.of(), context).received());
    }
  }

  @Test
  void recordsThatBeginAlikeAreStoredAsIfEachHadComeWhole() throws Exception {
    Path twin = Files.createDirectory(folder.resolve("twin"));
    Redaction.keyIn(folder.resolve("key"));
    Files.copy(folder.resolve("key"), twin.resolve("key"));
    try (House house = new House(folder);
        House other = new House(twin)) {
      Context context = new Context("src", null, null, "r", null, null, null, House.NOW);
      List<Intake.Alike> groups =
          List.of(
              alike("{\"password\":\"hunter2hunter2\",\"x\":{\"a\":[1]},\"add\":", "1", "2"),
              alike("{\"add\":", "3", "[", "{\"add\":4,\"password\":\"hunter3\"}"),
              alike("{\"add\":1", "3"),
              alike("{\"x\":1,\"y\":", "{\"add\":5}", "[".repeat(100) + "]".repeat(100)),
              alike("{\"add\":" + "[".repeat(99) + "{\"b\":", "[]" + "}]"));
      List<byte[]> whole = new ArrayList<>();
      for (Intake.Alike alike : groups) {
        for (int i = 0; i < alike.items().count(); i++) {
          whole.add(alike.record(i));
        }
      }
      Receipt receipt = house.collector.takeAlike("summing", groups, context);
      Receipt expected = other.collector.take("summing", whole, context);

      assertEquals(expected.stored(), receipt.stored());
      assertEquals(
          expected.errors().stream().map(e -> e.index() + e.rejection().code().word()).toList(),
          receipt.errors().stream().map(e -> e.index() + e.rejection().code().word()).toList());
      assertEquals(originals(other), originals(house));
    }
  }

  private static Intake.Alike alike(String head, String... items) {
    return new Intake.Alike(
        head.getBytes(StandardCharsets.UTF_8),
        new Intake.Items() {
          @Override
          public int count() {
            return items.length;
          }

          @Override
          public Intake.Item item(int index) {
            return new Intake.Item(
                items[index].getBytes(StandardCharsets.UTF_8), tree(items[index]));
          }
        });
  }

  private static Intake.@Nullable Tree tree(String item) {
    try {
      JsonNode tree = new ObjectMapper().readTree(item);
      return new Intake.Tree(tree, depth(tree), keys(tree));
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static int keys(JsonNode tree) {
    int keys = tree.isObject() ? tree.size() : 0;
    for (JsonNode child : tree) {
      keys += keys(child);
    }
    return keys;
  }

  private static int depth(JsonNode tree) {
    int deepest = 0;
    for (JsonNode child : tree) {
      deepest = Math.max(deepest, depth(child));
    }
    return tree.isContainerNode() ? deepest + 1 : 0;
  }

  private static List<String> originals(House house) throws Exception {
    return house.entries().stream()
        .map(
            entry ->
                switch (entry) {
                  case Entry.Recorded e -> new String(e.original(), StandardCharsets.UTF_8);
                  case Entry.Refused e -> new String(e.record(), StandardCharsets.UTF_8);
                  default -> "";
                })
        .toList();
  }

  @Test
  void marksWhatMayHaveAnOlderTwin() throws Exception {
    try (House house = new House(folder, Limits.DEFAULT.withRecentIds(0))) {
      for (int i = 0; i < 6_000; i += 1_000) {
        house.take(
            IntStream.range(i, i + 1_000)
                .mapToObj(n -> CALL.formatted(n, "x").strip())
                .collect(Collectors.joining("\n")));
      }
      List<Entry> entries = house.entries();
      assertFalse(((Entry.Recorded) entries.getFirst()).maybeOlderTwin());
      assertTrue(((Entry.Recorded) entries.getLast()).maybeOlderTwin());
    }
  }

  @Test
  void refusesMoreSourcesThanItMayCount() throws Exception {
    try (House house = new House(folder, Limits.DEFAULT.withMemory(2, 10, 10))) {
      for (String source : List.of("a", "b", "a")) {
        house.take("{\"add\":1}", new Origin(source, null, null, Entry.Headers.NONE));
      }
      assertThrows(
          IntakeUnavailableException.class,
          () -> house.take("{\"add\":1}", new Origin("c", null, null, Entry.Headers.NONE)));
      assertThrows( // nothing that can be counted, but something would be kept for it
          IntakeUnavailableException.class,
          () -> house.take("[]", new Origin("d", null, null, Entry.Headers.NONE)));
      balances(house);
    }
  }

  @Test
  void refusesOnceTheLogIsClosed() throws Exception {
    House house = new House(folder);
    house.take("{\"add\":1}");
    house.log.close();
    assertThrows(Exception.class, () -> house.take("{\"add\":1}"));
    assertEquals(0, house.collector.ledger().accounts().getFirst().inFlight());
  }

  /** Random deliveries, restarts and crashes: the books agree with the log, and with themselves. */
  @Test
  void remembersTheSameAfterAnyRestartAndItsLedgerBalances() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    House house = new House(folder);
    for (int step = 0; step < 120; step++) {
      String body = randomBody(random);
      Origin origin =
          new Origin(
              random.nextInt(4) == 0 ? null : "src" + random.nextInt(3),
              random.nextBoolean() ? null : "s" + random.nextInt(3),
              random.nextInt(3) == 0 ? (Long) random.nextLong(20) : null,
              Entry.Headers.NONE);
      try {
        Receipt receipt = house.take(body, origin);
        assertEquals(
            receipt.received(), receipt.stored() + receipt.duplicates() + receipt.rejected());
      } catch (DeliveryRefusedException e) {
        assertEquals(400, e.code().status());
      }
      if (random.nextInt(10) == 0) {
        String before = state(house);
        if (random.nextBoolean()) {
          house.crash();
        } else {
          house.close();
        }
        if (random.nextInt(3) == 0) {
          Files.deleteIfExists(folder.resolve("collector/checkpoint"));
        }
        house = new House(folder);
        assertEquals(before, state(house), "seed " + seed + ", step " + step);
      }
    }
    balances(house);
    house.close();
  }

  private static String randomBody(Random random) {
    StringBuilder body = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      int n = random.nextInt(5);
      body.append(
          switch (random.nextInt(6)) {
            case 0 -> "{\"add\":\"bad\"}\n";
            case 1 -> "{broken\n";
            case 2 -> "{\"what\":" + n + "}\n";
            default -> "{\"add\":" + n + ",\"to\":\"k" + random.nextInt(3) + "\"}\n";
          });
    }
    return random.nextInt(8) == 0 ? body + "{\"cut" : body.toString();
  }

  /** All that is remembered, as text. */
  private static String state(House house) {
    Checkpoint picture = house.collector.picture();
    return String.join(
        "\n",
        picture.accounts().stream().map(Object::toString).sorted().toList().toString(),
        picture.streams().stream().map(Object::toString).sorted().toList().toString(),
        picture.memory().stream().map(Object::toString).sorted().toList().toString());
  }

  private static void balances(House house) throws Exception {
    for (Ledger.Account account : house.collector.ledger().accounts()) {
      long stored = 0;
      long rejected = 0;
      long duplicates = 0;
      for (Entry entry : house.entries()) {
        if (entry.source().equals(account.source())) {
          switch (entry) {
            case Entry.Recorded e -> stored++;
            case Entry.Refused e -> rejected++;
            case Entry.Repeated e -> duplicates += e.records();
            default -> {}
          }
        }
      }
      assertEquals(
          new Ledger.Account(
              account.source(), stored + rejected + duplicates, stored, duplicates, rejected, 0),
          account);
    }
    assertNotNull(house.collector.ledger());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
