// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_PARAMETER;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR;
import static org.eclipse.jetty.http.UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS;

import dev.ledgerline.query.Runs;
import io.javalin.Javalin;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.UriCompliance;

/** The questions on a free port, behind the same doors as in the server. */
final class TestServer implements AutoCloseable {
  final List<Metric> metrics = new ArrayList<>();
  final List<String> troubles = new ArrayList<>();
  final List<ExportStatus> exports = new ArrayList<>();
  private final Javalin javalin;
  private final HttpClient client = HttpClient.newHttpClient();

  TestServer(Runs runs) {
    QueryRoutes routes =
        new QueryRoutes(
            runs,
            List.of("agent-protocol", "codex-exec"),
            () -> metrics,
            () -> troubles,
            () -> exports);
    javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.concurrency.useVirtualThreads = true;
              config.jetty.port = 0;
              config.jetty.host = "127.0.0.1";
              config.jetty.modifyHttpConfiguration(
                  http ->
                      http.setUriCompliance(
                          new UriCompliance(
                              "ids",
                              Set.of(
                                  AMBIGUOUS_PATH_SEPARATOR,
                                  AMBIGUOUS_PATH_ENCODING,
                                  AMBIGUOUS_PATH_PARAMETER,
                                  AMBIGUOUS_EMPTY_SEGMENT,
                                  SUSPICIOUS_PATH_CHARACTERS))));
              config.jetty.modifyServletContextHandler(
                  context -> context.getServletHandler().setDecodeAmbiguousURIs(true));
              routes.register(config);
            });
    javalin.start();
  }

  /** The paths that are registered. */
  Set<String> paths() {
    Set<String> paths = new TreeSet<>();
    javalin.unsafe.internalRouter.allHttpHandlers().forEach(e -> paths.add(e.endpoint.path));
    return paths;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> head(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).HEAD().build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The whole answer to a path that no client would send. */
  String raw(String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), javalin.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The body of what must succeed. */
  String json(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  HttpResponse<InputStream> stream(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + javalin.port() + path);
  }

  @Override
  public void close() {
    javalin.stop();
    client.shutdownNow();
  }
}
