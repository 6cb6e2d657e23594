// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Lines of a stream of events. */
final class Tail implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final BufferedReader lines;

  Tail(TestServer server, String path) throws Exception {
    HttpRequest request = server.request(path).build();
    InputStream body = http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
    lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  String awaitLine(String start) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new AssertionError("the stream ended before " + start);
  }

  @Override
  public void close() throws IOException {
    http.shutdownNow();
    lines.close();
  }
}
