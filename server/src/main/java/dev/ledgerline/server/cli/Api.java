// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The public interface of a server as its clients see it. */
public final class Api implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI base;
  private final @Nullable String key;
  private final HttpClient http;

  /**
   * @param key null where the server asks for none
   */
  public Api(URI base, @Nullable String key) {
    this.base = base;
    this.key = key;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
  }

  /**
   * Asks a question.
   *
   * @param path from the root, its ids encoded by {@link #encode}
   * @param parameters those with null or empty values are left out
   */
  public JsonNode get(String path, Map<String, ? extends @Nullable Object> parameters)
      throws InterruptedException {
    HttpRequest request = request(path + query(parameters)).timeout(PATIENCE).GET().build();
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      JsonNode body = JSON.readTree(response.body());
      if (response.statusCode() != 200) {
        throw refused(response.statusCode(), body);
      }
      return body;
    } catch (JsonProcessingException e) {
      throw Failure.unreachable(base + " does not answer like Ledgerline");
    } catch (IOException e) {
      throw unreachable();
    }
  }

  /** Sends a body as it is; the answer may be any status. */
  HttpResponse<byte[]> post(
      String path, Map<String, ? extends @Nullable String> headers, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path).timeout(PATIENCE).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(
        (name, value) -> {
          if (value != null) {
            request.header(name, value);
          }
        });
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Opens a stream of server-sent events; it ends when the server ends it. */
  EventStream stream(String path, Map<String, ? extends @Nullable Object> parameters)
      throws IOException, InterruptedException {
    HttpRequest request =
        request(path + query(parameters)).header("Accept", "text/event-stream").GET().build();
    HttpResponse<java.io.InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      try (java.io.InputStream body = response.body()) {
        throw refused(response.statusCode(), JSON.readTree(body));
      }
    }
    return new EventStream(response.body());
  }

  /** Where it is. */
  URI base() {
    return base;
  }

  Failure unreachable() {
    return Failure.unreachable("no server answers at " + base + "; start one: ledgerline serve");
  }

  static String encode(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(pathAndQuery));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return request;
  }

  private static String query(Map<String, ? extends @Nullable Object> parameters) {
    List<String> pairs = new ArrayList<>();
    parameters.forEach(
        (name, value) -> {
          if (value != null && !value.toString().isEmpty()) {
            pairs.add(name + "=" + encode(value.toString()));
          }
        });
    return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
  }

  /** A 5xx is a server that cannot answer now; anything else was asked wrongly. */
  private static Failure refused(int status, JsonNode body) {
    String message = body.at("/error/message").asText("the server answered " + status);
    return status >= 500 ? Failure.unreachable(message) : Failure.usage(message);
  }
}
