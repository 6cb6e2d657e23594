// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.ledgerline.otel.Signal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** A backend on loopback that answers as a test tells it to, and remembers every request. */
final class LoopbackTarget implements AutoCloseable {
  /** One request as it came, inflated. */
  record Asked(Signal signal, Map<String, List<String>> headers, byte[] body, long nanos) {
    String header(String name) {
      return headers.getOrDefault(name, List.of("")).getFirst();
    }
  }

  /** What it does with a request. */
  sealed interface Reaction {}

  record Reply(int status, Map<String, String> headers, byte[] body) implements Reaction {
    static Reply of(int status) {
      return new Reply(status, Map.of(), new byte[0]);
    }
  }

  /** Closes the connection without a word. */
  record Reset() implements Reaction {}

  /** Says nothing until the target is closed. */
  record Stall() implements Reaction {}

  /** Says that it went well, and does not come to the end of it. */
  record StallWithin() implements Reaction {}

  /** Decides about the n-th request of a signal, from 0. */
  interface Behaviour {
    Reaction to(Signal signal, int n, byte[] body);
  }

  static final Behaviour TAKES_ALL = (signal, n, body) -> Reply.of(200);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Asked> asked = new ArrayList<>();
  private final Received received = new Received();
  private volatile Behaviour behaviour;

  LoopbackTarget(Behaviour behaviour) throws IOException {
    this(behaviour, null);
  }

  /**
   * @param tls with which clients have to show a certificate; null: plain
   */
  LoopbackTarget(Behaviour behaviour, @Nullable SSLContext tls) throws IOException {
    this.behaviour = behaviour;
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls == null) {
      server = HttpServer.create(free, 0);
    } else {
      HttpsServer https = HttpsServer.create(free, 0);
      https.setHttpsConfigurator(
          new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
              SSLParameters needed = tls.getDefaultSSLParameters();
              needed.setNeedClientAuth(true);
              parameters.setSSLParameters(needed);
            }
          });
      server = https;
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return URI.create(scheme + "://localhost:" + server.getAddress().getPort());
  }

  void behave(Behaviour behaviour) {
    this.behaviour = behaviour;
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
        body = in.readAllBytes();
      }
    }
    Signal signal = signal(exchange.getRequestURI().getPath());
    int n;
    synchronized (this) {
      n = (int) asked.stream().filter(a -> a.signal() == signal).count();
      asked.add(
          new Asked(signal, Map.copyOf(exchange.getRequestHeaders()), body, System.nanoTime()));
    }
    Reaction reaction = behaviour.to(signal, n, body);
    if (reaction instanceof Reply reply && reply.status() / 100 == 2) {
      boolean json =
          "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
      synchronized (this) {
        received.add(signal, json ? JsonRequests.protobuf(signal, body) : body);
      }
    }
    synchronized (this) {
      notifyAll();
    }
    switch (reaction) {
      case Reset _ -> exchange.close();
      case Stall _ -> stall(exchange);
      case StallWithin _ -> {
        exchange.sendResponseHeaders(200, 100);
        exchange.getResponseBody().flush();
        stall(exchange);
      }
      case Reply reply -> {
        reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(
            reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
        if (reply.body().length > 0) {
          exchange.getResponseBody().write(reply.body());
        }
        exchange.close();
      }
    }
  }

  private void stall(HttpExchange exchange) {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static Signal signal(String path) {
    for (Signal signal : Signal.values()) {
      if (path.endsWith(signal.path())) {
        return signal;
      }
    }
    throw new AssertionError("posted to " + path);
  }

  synchronized List<Asked> asked(Signal signal) {
    return asked.stream().filter(a -> a.signal() == signal).toList();
  }

  Received received() {
    return received;
  }

  /** Waits until that holds; looks whenever a request has come. */
  void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    synchronized (this) {
      while (!condition.getAsBoolean()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("not within 20 s; asked " + asked.size() + " times");
        }
        wait(Math.min(100, 1 + TimeUnit.NANOSECONDS.toMillis(left)));
      }
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.close();
  }
}
