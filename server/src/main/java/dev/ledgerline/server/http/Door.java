// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.http;

import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_PARAMETER;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_SEGMENT;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR;
import static org.eclipse.jetty.http.UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: ingest, questions, OTLP and the UI on one port, with one form of error for
 * whatever nobody answers.
 */
public final class Door implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Door.class);

  /** How long running requests may take after the server was told to stop. */
  private static final Duration LAST_ORDERS = Duration.ofSeconds(5);

  /**
   * Ids may hold any character, percent-encoded; everything else ambiguous in a path is refused.
   */
  private static final UriCompliance ENCODED_IDS =
      new UriCompliance(
          "ENCODED_IDS",
          Set.of(
              AMBIGUOUS_PATH_SEPARATOR,
              AMBIGUOUS_PATH_ENCODING,
              AMBIGUOUS_PATH_PARAMETER,
              AMBIGUOUS_PATH_SEGMENT,
              AMBIGUOUS_EMPTY_SEGMENT,
              SUSPICIOUS_PATH_CHARACTERS));

  /**
   * Where it opens and for whom.
   *
   * @param port 0: a free one
   * @param tls null: plain HTTP
   * @param keys null: anybody on this machine
   */
  public record Address(
      String host,
      int port,
      boolean onLoopback,
      boolean behindProxy,
      @Nullable Tls tls,
      @Nullable ApiKeys keys) {}

  private final Address address;
  private final Javalin javalin;

  /**
   * @param parts what is mounted: routes, the UI
   */
  public static Door open(Address address, List<Consumer<JavalinConfig>> parts) throws IOException {
    Door door = new Door(address, parts);
    try {
      door.javalin.start();
    } catch (RuntimeException e) {
      throw new IOException(
          "cannot listen on " + address.host + ":" + address.port + ": " + rootMessage(e), e);
    }
    return door;
  }

  private Door(Address address, List<Consumer<JavalinConfig>> parts) throws IOException {
    this.address = address;
    SslConnectionFactory ssl =
        address.tls == null
            ? null
            : new SslConnectionFactory(address.tls.contextFactory(), "http/1.1");
    this.javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.startup.startupWatcherEnabled = false;
              config.http.prefer405over404 = true;
              config.http.strictContentTypes = false;
              config.http.maxRequestSize = Long.MAX_VALUE; // the collector counts what it reads
              config.jetty.threadPool = threads();
              config.jetty.modifyServer(this::furnish);
              config.jetty.addConnector((server, http) -> connector(server, http, ssl));
              config.jetty.modifyServletContextHandler(
                  context -> context.getServletHandler().setDecodeAmbiguousURIs(true));
              config.routes.get("/", context -> context.redirect("/ui/"));
              config.routes.exception(HttpResponseException.class, Door::answer);
              config.routes.exception(
                  Exception.class,
                  (e, context) -> {
                    log.error("{} {} failed", context.method(), context.path(), e);
                    answer(context, 500, "internal", "the server failed; its log says why");
                  });
              parts.forEach(part -> part.accept(config));
            });
  }

  /** Where it listens, with a slash at the end. */
  public String url() {
    String host = address.host.contains(":") ? "[" + address.host + "]" : address.host;
    return (address.tls == null ? "http" : "https") + "://" + host + ":" + javalin.port() + "/";
  }

  /** The name of the key that a request came with; null where keys are not asked for. */
  public static @Nullable String keyName(Context request) {
    return request.attribute(Guard.KEY_NAME);
  }

  public int port() {
    return javalin.port();
  }

  /** Takes nothing new, lets running requests end and closes. */
  @Override
  public void close() {
    javalin.stop();
  }

  /** A virtual thread for each request: a handler blocks until its events are durable. */
  private static QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(200, 4);
    threads.setName("http");
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory()));
    return threads;
  }

  private void furnish(Server server) {
    server.setHandler(
        new GracefulHandler(new Guard(address.onLoopback, address.behindProxy, address.keys)));
    server.setErrorHandler(new EnvelopeErrors());
    server.setStopTimeout(LAST_ORDERS.toMillis());
  }

  private Connector connector(
      Server server, HttpConfiguration http, @Nullable SslConnectionFactory ssl) {
    http.setSendServerVersion(false);
    http.setUriCompliance(ENCODED_IDS);
    http.setRequestHeaderSize(64 * 1024); // seven context headers of up to 8 KiB each
    ServerConnector connector;
    if (ssl == null) {
      connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    } else {
      http.addCustomizer(new SecureRequestCustomizer(false));
      connector = new ServerConnector(server, 1, 1, ssl, new HttpConnectionFactory(http));
    }
    connector.setHost(address.host);
    connector.setPort(address.port);
    connector.setIdleTimeout(Duration.ofSeconds(60).toMillis());
    connector.setAcceptQueueSize(1_024);
    connector.setShutdownIdleTimeout(100); // connections that nobody uses do not hold up the end
    return connector;
  }

  private static void answer(HttpResponseException e, Context context) {
    switch (e.getStatus()) {
      case 404 ->
          answer(context, 404, "unknown_path", "there is nothing at this path; see /openapi.json");
      case 405 -> {
        String allowed = e.getDetails().getOrDefault("availableMethods", "");
        context.header("Allow", allowed);
        answer(context, 405, "method_not_allowed", "this path answers " + allowed);
      }
      default ->
          answer(
              context,
              e.getStatus(),
              e.getStatus() >= 500 ? "internal" : "bad_request",
              String.valueOf(e.getMessage()));
    }
  }

  private static void answer(Context context, int status, String code, String message) {
    context.status(status).json(Map.of("error", Map.of("code", code, "message", message)));
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
