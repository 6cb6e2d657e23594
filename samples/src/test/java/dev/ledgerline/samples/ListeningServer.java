// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on a free port of the loopback that writes down what it is sent. */
final class ListeningServer implements AutoCloseable {
  /** Drops the connection without an answer. */
  static final int NO_ANSWER = -1;

  record Request(String path, Headers headers, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new ArrayList<>();
  private final Queue<Integer> answers = new ArrayDeque<>();

  /** Gives these answers first, then 202 to everything. */
  ListeningServer(Integer... firstAnswers) throws IOException {
    answers.addAll(List.of(firstAnswers));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int status;
    synchronized (this) {
      requests.add(
          new Request(exchange.getRequestURI().getPath(), exchange.getRequestHeaders(), body));
      status = answers.isEmpty() ? 202 : answers.remove();
    }
    if (status == NO_ANSWER) {
      exchange.close();
      return;
    }
    exchange.getResponseHeaders().add("Retry-After", "0");
    exchange.sendResponseHeaders(status, 2);
    exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
    exchange.close();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** The records of a body, one on each line. */
  static List<JsonNode> events(Request request) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : request.body.lines().toList()) {
      events.add(Narrator.JSON.readTree(line));
    }
    return events;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
