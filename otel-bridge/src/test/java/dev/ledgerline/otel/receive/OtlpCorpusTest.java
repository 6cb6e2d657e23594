// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What real senders sent, byte for byte, where the captures are at hand. */
class OtlpCorpusTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path corpus = Path.of("");

  @BeforeEach
  void findCorpus() {
    Optional<Path> found = Captures.find();
    assumeTrue(found.isPresent(), "skipped: there is no shared/corpus beside the project");
    corpus = found.orElseThrow();
  }

  @Test
  void everyCaptureIsTakenWhole(TestReporter reporter) throws Exception {
    ListIntake intake = new ListIntake();
    OtlpReceiver receiver = new OtlpReceiver(intake);
    int bodies = 0;
    for (Path folder : Captures.folders(corpus)) {
      for (Captures.Export export : Captures.exports(folder)) {
        OtlpAnswer answer =
            receiver.receive(export.signal(), export.body(), export.encoding(), ListIntake.CONTEXT);
        assertEquals(200, answer.status(), folder.toString());
        assertTrue(
            answer.body().length <= 2, () -> folder + ": " + new String(answer.body(), UTF_8));
        bodies++;
      }
    }
    reporter.publishEntry("%d bodies, %d records".formatted(bodies, intake.records.size()));
    assertTrue(intake.records.size() > 3_000);
  }

  @Test
  void bothEncodingsOfEveryCaptureGiveTheSameRecords() throws Exception {
    for (Path folder : Captures.folders(corpus)) {
      for (Captures.Export export : Captures.exports(folder)) {
        if (export.signal() != Signal.TRACES) {
          continue;
        }
        ListIntake native1 = new ListIntake();
        ListIntake other = new ListIntake();
        new OtlpReceiver(native1)
            .receive(export.signal(), export.body(), export.encoding(), ListIntake.CONTEXT);
        if (export.encoding() == Encoding.JSON) {
          byte[] protobuf = Oracle.toProtobuf(export.body()).toByteArray();
          new OtlpReceiver(other)
              .receive(Signal.TRACES, protobuf, Encoding.PROTOBUF, ListIntake.CONTEXT);
        } else {
          byte[] json = Oracle.toJson(ExportTraceServiceRequest.parseFrom(export.body()));
          new OtlpReceiver(other).receive(Signal.TRACES, json, Encoding.JSON, ListIntake.CONTEXT);
        }
        assertEquals(native1.records, other.records, folder.toString());
      }
    }
  }

  /** How the exports of a capture reach us. */
  enum Delivery {
    IN_ORDER,
    SHUFFLED,
    TWICE
  }

  /**
   * How much of what happened the spans alone show, in whatever order they come. The floors only
   * ever rise; what is missing is listed, run by run, in {@code target/otlp-corpus-….md}.
   */
  @ParameterizedTest
  @EnumSource
  void theSpansShowNoLessThanBefore(Delivery delivery, TestReporter reporter) throws Exception {
    Score score = new Score();
    try (Stream<Path> sources = Files.list(corpus)) {
      for (Path source : sources.sorted().toList()) {
        if (Files.exists(source.resolve("truth.json"))) {
          score(source, delivery, score);
        }
      }
    }
    String table = score.table();
    String word = delivery.name().toLowerCase(Locale.ROOT);
    Files.writeString(Path.of("target", "otlp-corpus-" + word + ".md"), table + score.report());
    reporter.publishEntry(word + "\n" + table);
    assertTrue(score.right("state") >= 165 && score.right("tokens") >= 108, table);
    assertTrue(score.right("tools") >= 93 && score.right("waits") >= 25, table);
    assertTrue(score.right("count") >= 88 && score.right("run") >= 179, table);
    assertTrue(score.right("agents") >= 108 && score.right("thread") >= 103, table);
  }

  private static void score(Path source, Delivery delivery, Score score) throws Exception {
    String name = source.getFileName().toString();
    JsonNode cases = JSON.readTree(source.resolve("truth.json").toFile()).path("cases");
    for (Map.Entry<String, JsonNode> named : cases.properties()) {
      for (Path folder : Captures.folders(source)) {
        if (folder.getFileName().toString().startsWith(named.getKey() + ".")) {
          Set<String> traces = new HashSet<>();
          Map<String, RunFold> runs = runs(folder, delivery, traces);
          List<Truth> truths =
              Truth.of(named.getValue().path("runs"), folder, traces, runs.values());
          score.add(name, folder.getFileName().toString(), runs.values(), truths);
        }
      }
    }
  }

  /** The runs that the exports in a folder come to, grouped and folded as the index does. */
  private static Map<String, RunFold> runs(Path folder, Delivery delivery, Set<String> traces)
      throws Exception {
    ListIntake intake = new ListIntake();
    OtlpReceiver receiver = new OtlpReceiver(intake);
    for (Captures.Export export : Captures.exports(folder)) {
      receiver.receive(export.signal(), export.body(), export.encoding(), ListIntake.CONTEXT);
      if (delivery == Delivery.TWICE) {
        receiver.receive(export.signal(), export.body(), export.encoding(), ListIntake.CONTEXT);
      }
    }
    List<Draft> drafts = new ArrayList<>(intake.drafts);
    if (delivery == Delivery.SHUFFLED) {
      Collections.shuffle(drafts, new Random(5));
    }
    Set<String> rooted = new HashSet<>();
    for (Draft draft : drafts) {
      if (draft.fact() instanceof Fact.SpanRecorded span && span.root() && span.ofAnAgent()) {
        rooted.add(draft.scope().run());
      }
    }
    Map<String, String> wholes = new HashMap<>();
    for (Draft draft : drafts) {
      if (draft.fact() instanceof Fact.PartOf part && !rooted.contains(draft.scope().run())) {
        wholes.putIfAbsent(draft.scope().run(), part.whole());
      }
    }
    Map<String, List<Event>> events = new LinkedHashMap<>();
    for (Draft draft : drafts) {
      traces.add(String.valueOf(draft.scope().trace()));
      if (draft.scope().run() != null) {
        String run = draft.scope().run();
        while (wholes.containsKey(run)) {
          run = wholes.get(run);
        }
        events.computeIfAbsent(run, _ -> new ArrayList<>()).add(ToldSpans.event(draft));
      }
    }
    Map<String, RunFold> folds = new LinkedHashMap<>();
    events.forEach((run, told) -> folds.put(run, fold(new RunKey("test", run), told)));
    for (Draft draft : drafts) {
      if (draft.fact() instanceof Fact.WaitResolved w && w.isInItsThread(draft.scope())) {
        events.forEach(
            (run, told) -> {
              RunFold fold = Objects.requireNonNull(folds.get(run));
              boolean itsThread = Objects.equals(draft.scope().thread(), fold.summary().thread());
              if (itsThread && !run.equals(draft.scope().run())) {
                told.add(ToldSpans.event(draft));
              }
            });
      }
    }
    events.forEach((run, told) -> folds.put(run, fold(new RunKey("test", run), told)));
    folds.values().removeIf(fold -> !fold.ofAnAgent());
    return folds;
  }

  /** In the order of the source, as the index folds what did not come in it. */
  private static RunFold fold(RunKey key, List<Event> events) {
    RunFold fold = new RunFold(key);
    IdentityHashMap<Event, Long> orders = new IdentityHashMap<>();
    long seq = 0;
    for (Event event : events) {
      orders.put(event, fold.add(event, ++seq).order());
    }
    if (!fold.outOfOrder()) {
      return fold;
    }
    List<Event> sorted = new ArrayList<>(events);
    sorted.sort(Comparator.comparing(orders::get));
    RunFold inOrder = new RunFold(key);
    for (int i = 0; i < sorted.size(); i++) {
      inOrder.add(sorted.get(i), i + 1);
    }
    return inOrder;
  }
}
