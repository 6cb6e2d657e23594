// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A whole server in this process on a free port, and a client for it. */
final class TestServer implements AutoCloseable {
  private final Server server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  TestServer(Path data) throws Exception {
    this(data, Map.of());
  }

  TestServer(Path data, Map<Setting, String> settings) throws Exception {
    Map<Setting, String> flags = new HashMap<>(settings);
    flags.putIfAbsent(Setting.PORT, "0");
    flags.put(Setting.DATA, data.toString());
    this.server = Server.open(Config.of(flags, Map.of()));
  }

  void awaitReady() throws InterruptedException {
    server.awaitReady();
  }

  String url() {
    return server.url();
  }

  /** OTLP's own port for HTTP; open where the settings name one. */
  @Nullable Integer otlpPort() {
    return server.otlpPort();
  }

  @Nullable Integer grpcPort() {
    return server.grpcPort();
  }

  /** Its answer, whatever the status. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(get(path).body());
  }

  /** What became of the records of a source, once everything is visible that was acknowledged. */
  JsonNode source(String name) throws IOException, InterruptedException {
    JsonNode status = awaitStatus(s -> s.at("/lag/events").asLong() == 0);
    for (JsonNode source : status.path("sources")) {
      if (source.path("source").asText().equals(name)) {
        return source;
      }
    }
    throw new AssertionError("no source " + name + ": " + status);
  }

  /** Asks for its status until it is as expected. */
  JsonNode awaitStatus(Predicate<JsonNode> expected) throws IOException, InterruptedException {
    while (true) {
      JsonNode status = json("/v1/status");
      if (expected.test(status)) {
        return status;
      }
      Thread.onSpinWait();
    }
  }

  HttpResponse<String> post(String path, String contentType, String body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url()).resolve(path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws IOException {
    http.shutdownNow();
    server.close();
  }
}
