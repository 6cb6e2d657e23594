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
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real senders sent, byte for byte, where the captures are at hand. */
class OtlpCorpusTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path corpus = Path.of("");

  @BeforeEach
  void findCorpus() {
    Optional<Path> found =
        Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
            .map(folder -> folder.resolve("shared/corpus"))
            .filter(Files::isDirectory)
            .findFirst();
    assumeTrue(found.isPresent(), "skipped: there is no shared/corpus beside the project");
    corpus = found.orElseThrow();
  }

  @Test
  void everyCaptureOfTracesIsTakenWhole(TestReporter reporter) throws Exception {
    ListIntake intake = new ListIntake();
    OtlpReceiver receiver = new OtlpReceiver(intake);
    int bodies = 0;
    for (Path folder : captures(corpus)) {
      for (Export export : exports(folder)) {
        OtlpAnswer answer =
            receiver.receive(Signal.TRACES, export.body, export.encoding, ListIntake.CONTEXT);
        assertEquals(200, answer.status(), folder.toString());
        assertTrue(
            answer.body().length <= 2, () -> folder + ": " + new String(answer.body(), UTF_8));
        bodies++;
      }
    }
    reporter.publishEntry("%d bodies, %d spans".formatted(bodies, intake.records.size()));
    assertTrue(intake.records.size() > 3_000);
  }

  @Test
  void bothEncodingsOfEveryCaptureGiveTheSameRecords() throws Exception {
    for (Path folder : captures(corpus)) {
      for (Export export : exports(folder)) {
        ListIntake native1 = new ListIntake();
        ListIntake other = new ListIntake();
        new OtlpReceiver(native1)
            .receive(Signal.TRACES, export.body, export.encoding, ListIntake.CONTEXT);
        if (export.encoding == Encoding.JSON) {
          byte[] protobuf = Oracle.toProtobuf(export.body).toByteArray();
          new OtlpReceiver(other)
              .receive(Signal.TRACES, protobuf, Encoding.PROTOBUF, ListIntake.CONTEXT);
        } else {
          byte[] json = Oracle.toJson(ExportTraceServiceRequest.parseFrom(export.body));
          new OtlpReceiver(other).receive(Signal.TRACES, json, Encoding.JSON, ListIntake.CONTEXT);
        }
        assertEquals(native1.records, other.records, folder.toString());
      }
    }
  }

  /**
   * Cases whose spans say it all. The last column is what the spans of the case cannot tell yet
   * without looking at more than one of them (runs that wait although every span ended well, roots
   * of other libraries around a run that has an id) or cannot tell at all (results that have no
   * span).
   */
  @ParameterizedTest
  @CsvSource({
    "pydantic-ai,retry-loop-v5,true",
    "pydantic-ai,fail-v6,true",
    "pydantic-ai,events-v1-logs,true",
    "pydantic-ai,external-grpc-v4,false",
    "pydantic-ai,timeout-json-v2,false",
    "pydantic-ai,approval-v5,false",
    "pydantic-ai,delegation-logfire,false",
    "strands,tool-loop-legacy,true",
    "strands,graph-swarm,true",
    "strands,model-fail,true",
    "strands,interrupt-latest,false",
    "vercel-ai,generate-tool-loop,true",
    "vercel-ai,stream-text,true",
    "vercel-ai,generate-object,true",
    "vercel-ai,model-error,true",
    "langgraph,supervisor-approve,true",
    "langgraph,stream-modes,true",
    "langgraph,node-crash,true"
  })
  void runsAreAsTheTruthSays(String source, String name, boolean whole, TestReporter reporter)
      throws Exception {
    ListIntake intake = new ListIntake();
    OtlpReceiver receiver = new OtlpReceiver(intake);
    for (Path folder : captures(corpus.resolve(source))) {
      if (folder.getFileName().toString().startsWith(name + ".")) {
        for (Export export : exports(folder)) {
          receiver.receive(Signal.TRACES, export.body, export.encoding, ListIntake.CONTEXT);
        }
      }
    }
    Map<String, Tally> seen = new TreeMap<>();
    intake.drafts.forEach(
        draft -> seen.computeIfAbsent(draft.scope().trace() + "", id -> new Tally()).add(draft));
    long runs = intake.drafts.stream().map(draft -> draft.scope().run()).distinct().count();

    JsonNode truth = JSON.readTree(corpus.resolve(source).resolve("truth.json").toFile());
    List<String> differences = new ArrayList<>();
    JsonNode expected = truth.path("cases").path(name).path("runs");
    if (runs != expected.size()) {
      differences.add("runs %d instead of %d".formatted(runs, expected.size()));
    }
    for (JsonNode run : expected) {
      Tally tally = seen.getOrDefault(run.path("otlp_trace_id").asText(), new Tally());
      tally.compare(run, differences);
    }
    reporter.publishEntry(
        source + "/" + name, differences.isEmpty() ? "as told" : differences + "");
    if (whole) {
      differences.removeIf(difference -> difference.endsWith("no title"));
      assertEquals(List.of(), differences);
    }
  }

  /**
   * How much of the whole corpus the spans alone show today. The floors only ever rise; what is
   * missing is listed, run by run, in {@code target/otlp-corpus.md}.
   */
  @Test
  void theWholeCorpusShowsNoLessThanBefore() throws Exception {
    Map<String, int[]> scores = new TreeMap<>();
    StringBuilder report = new StringBuilder();
    try (Stream<Path> sources = Files.list(corpus)) {
      for (Path source : sources.sorted().toList()) {
        if (Files.exists(source.resolve("truth.json"))) {
          score(source, scores, report);
        }
      }
    }
    StringBuilder table =
        new StringBuilder(
            "| source | state | tokens | tools | title | agents |\n|---|---|---|---|---|---|\n");
    int[] all = new int[10];
    scores.forEach(
        (source, score) -> {
          table.append(row(source, score));
          for (int i = 0; i < all.length; i++) {
            all[i] += score[i];
          }
        });
    table.append(row("all", all)).append('\n').append(report);
    Files.writeString(Path.of("target", "otlp-corpus.md"), table);
    assertTrue(all[0] >= 99 && all[2] >= 81 && all[4] >= 40 && all[8] >= 60, row("all", all));
  }

  private static void score(Path source, Map<String, int[]> scores, StringBuilder report)
      throws Exception {
    Map<String, Tally> seen = new TreeMap<>();
    ListIntake intake = new ListIntake();
    OtlpReceiver receiver = new OtlpReceiver(intake);
    for (Path folder : captures(source)) {
      for (Export export : exports(folder)) {
        receiver.receive(Signal.TRACES, export.body, export.encoding, ListIntake.CONTEXT);
      }
    }
    intake.drafts.forEach(
        draft -> seen.computeIfAbsent(draft.scope().trace() + "", id -> new Tally()).add(draft));
    JsonNode cases = JSON.readTree(source.resolve("truth.json").toFile()).path("cases");
    for (Map.Entry<String, JsonNode> named : cases.properties()) {
      for (JsonNode run : named.getValue().path("runs")) {
        Tally tally = seen.get(run.path("otlp_trace_id").asText());
        if (tally != null) {
          List<String> differences = new ArrayList<>();
          tally.compare(run, differences);
          int[] score = scores.computeIfAbsent(source.getFileName() + "", name -> new int[10]);
          count(score, 0, differences, " instead of " + run.path("expected_state").asText());
          if (run.path("tokens").has("input")) {
            count(score, 2, differences, ": tokens");
          }
          if (!run.path("tool_calls").isEmpty()) {
            count(score, 4, differences, ": tools");
          }
          count(score, 6, differences, ": no title");
          if (!run.path("agents").isEmpty()) {
            count(score, 8, differences, ": agents");
          }
          differences.forEach(
              difference ->
                  report.append(
                      "- %s/%s %s%n".formatted(source.getFileName(), named.getKey(), difference)));
        }
      }
    }
  }

  private static void count(int[] score, int at, List<String> differences, String sign) {
    score[at] += differences.stream().anyMatch(text -> text.contains(sign)) ? 0 : 1;
    score[at + 1]++;
  }

  private static String row(String name, int[] score) {
    StringBuilder row = new StringBuilder("| ").append(name).append(" |");
    for (int i = 0; i < score.length; i += 2) {
      row.append(" %d/%d |".formatted(score[i], score[i + 1]));
    }
    return row.append('\n').toString();
  }

  /** What the spans of one run add up to. */
  private static final class Tally {
    private final Set<String> runs = new TreeSet<>();
    private final List<Draft> drafts = new ArrayList<>();

    void add(Draft draft) {
      runs.add(draft.scope().run() + "");
      drafts.add(draft);
    }

    private RunFold fold() {
      List<Event> events = new ArrayList<>();
      for (Draft draft : drafts) {
        events.add(
            new Event(
                EventId.named(events.size() + ""),
                "test",
                OtlpDialect.NAME,
                draft.nativeType(),
                draft.nativeId(),
                draft.scope(),
                draft.occurredAt(),
                ListIntake.CONTEXT.observedAt(),
                draft.timeQuality(),
                draft.order(),
                draft.fact(),
                draft.flags(),
                draft.summary()));
      }
      RunFold fold = new RunFold(new RunKey("test", String.join(" ", runs)));
      for (int i = 0; i < events.size(); i++) {
        fold.add(events.get(i), i + 1);
      }
      return fold;
    }

    void compare(JsonNode run, List<String> differences) {
      String id = run.path("otlp_trace_id").asText().substring(0, 6);
      RunFold fold = fold();
      RunSummary summary = fold.summary();
      // A run that ends while something in it waits is suspended; its fold cannot see that yet.
      boolean waits = drafts.stream().anyMatch(draft -> draft.fact() instanceof Fact.WaitOpened);
      String seen = (waits ? State.SUSPENDED : summary.state()).word();
      String expected = run.path("expected_state").asText();
      if (!expected.equals(seen)) {
        differences.add("%s: %s instead of %s".formatted(id, seen, expected));
      }
      List<String> calls = new ArrayList<>();
      run.path("tool_calls")
          .forEach(call -> calls.add(call.path("name").asText() + "=" + call.path("ok").asText()));
      calls.sort(null);
      List<String> tools = new ArrayList<>();
      for (Step step : fold.steps()) {
        if (step.kind() == StepKind.TOOL) {
          String ok =
              step.endedAt() == null ? "null" : step.state() == State.COMPLETED ? "true" : "false";
          tools.add(step.name() + "=" + ok);
        }
      }
      tools.sort(null);
      if (!calls.equals(tools)) {
        differences.add("%s: tools %s instead of %s".formatted(id, tools, calls));
      }
      if (run.path("waits").size() != summary.waits()) {
        differences.add(
            "%s: waits %d instead of %d".formatted(id, summary.waits(), run.path("waits").size()));
      }
      JsonNode tokens = run.path("tokens");
      TokenUsage usage = summary.usage() == null ? TokenUsage.of(0L, 0L) : summary.usage();
      if (tokens.has("input")
          && !(Objects.equals(tokens.path("input").asLong(), usage.input())
              && Objects.equals(tokens.path("output").asLong(), usage.output()))) {
        differences.add(
            "%s: tokens %d/%d instead of %s".formatted(id, usage.input(), usage.output(), tokens));
      }
      List<String> agents = new ArrayList<>();
      run.path("agents").forEach(agent -> agents.add(agent.asText()));
      if (!summary.agents().containsAll(agents)) {
        differences.add("%s: agents %s instead of %s".formatted(id, summary.agents(), agents));
      }
      if (summary.title() == null) {
        differences.add(id + ": no title");
      }
    }
  }

  private record Export(byte[] body, Encoding encoding) {}

  /** Folders of captured OTLP requests. */
  private static List<Path> captures(Path root) throws IOException {
    try (Stream<Path> folders = Files.walk(root, 2)) {
      return folders
          .filter(Files::isDirectory)
          .filter(folder -> folder.getFileName().toString().contains(".otlp"))
          .sorted()
          .toList();
    }
  }

  /** The exports of spans in a folder. */
  private static List<Export> exports(Path folder) throws IOException {
    List<Export> exports = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.filter(file -> file.toString().contains(".json")).sorted().toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      JsonNode request = JSON.readTree(file.toString().endsWith(".gz") ? inflated(bytes) : bytes);
      String path = request.path("path").asText();
      if (!path.endsWith("/v1/traces") && !path.contains("TraceService")) {
        continue;
      }
      Map<String, String> headers = new TreeMap<>();
      request
          .path("headers")
          .properties()
          .forEach(h -> headers.put(h.getKey().toLowerCase(Locale.ROOT), h.getValue().asText()));
      byte[] body = Base64.getDecoder().decode(request.path("body").asText());
      if ("gzip".equals(headers.get("content-encoding"))) {
        body = inflated(body);
      }
      Encoding told = Encoding.of(headers.get("content-type"));
      exports.add(new Export(body, told == null ? Encoding.PROTOBUF : told));
    }
    return exports;
  }

  private static byte[] inflated(byte[] bytes) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }
}
