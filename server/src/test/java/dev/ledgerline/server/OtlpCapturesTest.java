// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What real clients sent by OTLP, posted to a whole server: its runs are those that the truth
 * beside the captures tells. How much of each run is right is measured in {@code otel-bridge}.
 */
class OtlpCapturesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of the captures of 2026-11-21; only ever rises. */
  private static final int STATES_RIGHT = 132;

  enum Delivery {
    IN_ORDER,
    SHUFFLED,
    TWICE
  }

  @ParameterizedTest
  @EnumSource
  void theRunsOfEveryCaptureAreThere(Delivery delivery, @TempDir Path data, TestReporter reporter)
      throws Exception {
    Optional<Path> corpus = corpus();
    assumeTrue(corpus.isPresent(), "skipped: there is no shared/corpus beside the project");
    int right = 0;
    int compared = 0;
    StringBuilder wrong = new StringBuilder();
    try (TestServer server = new TestServer(data)) {
      server.awaitReady();
      List<Path> folders = folders(corpus.orElseThrow());
      for (Path folder : folders) {
        post(server, folder, delivery);
      }
      awaitIndexed(server);
      for (Path folder : folders) {
        JsonNode runs = server.json("/v1/runs?limit=1000&q=" + encoded("source:" + source(folder)));
        for (JsonNode truth : truths(folder)) {
          JsonNode run = run(runs.path("items"), truth);
          if (run != null) {
            compared++;
            String state = run.path("state").asText();
            boolean same = state.equals(truth.path("expected_state").asText());
            same |= state.equals(truth.path("expected_state_alt").asText());
            right += same ? 1 : 0;
            if (!same) {
              wrong.append("%s %s: %s%n".formatted(source(folder), truth.path("run"), state));
            }
          }
        }
      }
    }
    reporter.publishEntry("%s: %d of %d states%n%s".formatted(delivery, right, compared, wrong));
    assertTrue(right >= STATES_RIGHT, right + " of " + compared + "\n" + wrong);
  }

  /** The run that is meant: of its trace, or of its id where the source tells one. */
  private static @Nullable JsonNode run(JsonNode runs, JsonNode truth) {
    String trace = truth.path("otlp_trace_id").asText();
    String id = truth.path("run_id").asText();
    JsonNode found = null;
    for (JsonNode run : runs) {
      boolean traced = false;
      for (JsonNode one : run.path("trace_ids")) {
        traced |= one.asText().equals(trace);
      }
      boolean named = run.path("run_id").asText().equals(id);
      if (traced && (found == null || named)) {
        found = run;
      }
    }
    return found;
  }

  private static void post(TestServer server, Path folder, Delivery delivery) throws Exception {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = new ArrayList<>(listed.filter(f -> f.toString().contains(".json")).sorted().toList());
    }
    if (delivery == Delivery.SHUFFLED) {
      Collections.shuffle(files, new Random(7));
    }
    for (Path file : files) {
      JsonNode captured = JSON.readTree(read(file));
      String path = path(captured.path("path").asText());
      if (path != null) {
        for (int i = delivery == Delivery.TWICE ? 2 : 1; i > 0; i--) {
          HttpRequest.Builder request =
              server
                  .request(path)
                  .header("Ledgerline-Source", source(folder))
                  .POST(
                      HttpRequest.BodyPublishers.ofByteArray(
                          Base64.getDecoder().decode(captured.path("body").asText())));
          header(captured, "content-type", "application/x-protobuf", request);
          header(captured, "content-encoding", null, request);
          assertEquals(200, server.send(request).statusCode(), file.toString());
        }
      }
    }
  }

  private static void header(
      JsonNode captured, String name, @Nullable String otherwise, HttpRequest.Builder request) {
    @Nullable String value = otherwise;
    for (var header : captured.path("headers").properties()) {
      if (header.getKey().toLowerCase(Locale.ROOT).equals(name)) {
        value = header.getValue().asText();
      }
    }
    value = value != null && value.startsWith("application/grpc") ? otherwise : value;
    if (value != null) {
      request.header(name, value);
    }
  }

  private static @Nullable String path(String captured) {
    for (String signal : List.of("trace", "log", "metric")) {
      String path = "/v1/" + signal + "s";
      if (captured.endsWith(path) || captured.contains("collector." + signal)) {
        return path;
      }
    }
    return null;
  }

  private static void awaitIndexed(TestServer server) throws Exception {
    String durable = server.json("/v1/status").path("positions").path("durable").asText();
    long deadline = System.nanoTime() + 60_000_000_000L;
    JsonNode answer;
    do {
      answer = server.json("/v1/runs?limit=1&after_position=" + encoded(durable));
    } while (answer.has("error") && System.nanoTime() < deadline);
    assertTrue(answer.has("items"), answer.toString());
  }

  private static Optional<Path> corpus() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .map(folder -> folder.resolve("shared/corpus"))
        .filter(Files::isDirectory)
        .findFirst();
  }

  private static List<Path> folders(Path corpus) throws IOException {
    try (Stream<Path> folders = Files.walk(corpus, 2)) {
      return folders
          .filter(Files::isDirectory)
          .filter(folder -> folder.getFileName().toString().contains(".otlp"))
          .sorted()
          .toList();
    }
  }

  private static String source(Path folder) {
    return folder.getName(folder.getNameCount() - 2) + "." + folder.getFileName();
  }

  private static JsonNode truths(Path folder) throws IOException {
    String name = folder.getFileName().toString();
    return JSON.readTree(folder.resolveSibling("truth.json").toFile())
        .path("cases")
        .path(name.substring(0, name.indexOf('.')))
        .path("runs");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static byte[] read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (!file.toString().endsWith(".gz")) {
      return bytes;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }
}
