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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.WindowRateControl;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
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
   * Pings, settings and resets of one connection. Clients of gRPC measure the line with a ping for
   * each answer, which Jetty's usual 128 would take for an attack.
   */
  private static final int HTTP2_EVENTS_PER_SECOND = 20_000;

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

  /**
   * Another port for the same server, on which HTTP/2 is spoken too.
   *
   * @param name for people and for {@link #port(String)}
   * @param port 0: a free one
   */
  public record Beside(String name, int port) {}

  private final Address address;
  private final Map<String, ServerConnector> beside = new HashMap<>();
  private final Javalin javalin;
  private @Nullable ServerConnector front;

  /** On one port, without handlers of its own. */
  static Door open(Address address, List<Consumer<JavalinConfig>> parts) throws IOException {
    return open(address, List.of(), List.of(), parts);
  }

  /**
   * Opens all ports; one beside that is taken is left out, and the log says so.
   *
   * @param handlers see a request before the parts do, in this order
   * @param parts what is mounted: routes, the UI
   */
  public static Door open(
      Address address,
      List<Beside> ports,
      List<Handler.Wrapper> handlers,
      List<Consumer<JavalinConfig>> parts)
      throws IOException {
    Door door = new Door(address, ports, handlers, parts);
    try {
      door.javalin.start();
    } catch (RuntimeException e) {
      throw new IOException(
          "cannot listen on " + address.host + ":" + address.port + ": " + rootMessage(e), e);
    }
    return door;
  }

  private Door(
      Address address,
      List<Beside> ports,
      List<Handler.Wrapper> handlers,
      List<Consumer<JavalinConfig>> parts)
      throws IOException {
    this.address = address;
    SslContextFactory.@Nullable Server tls =
        address.tls == null ? null : address.tls.contextFactory();
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
              config.jetty.modifyServer(server -> furnish(server, ports, handlers, tls));
              config.jetty.addConnector((server, http) -> front(server, http, tls));
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
    return (address.tls == null ? "http" : "https") + "://" + host + ":" + port() + "/";
  }

  /** The name of the key that a request came with; null where keys are not asked for. */
  public static @Nullable String keyName(Request request) {
    return (String) request.getAttribute(Guard.KEY_NAME);
  }

  /** Whether a request came in beside the front. */
  public static boolean isBeside(Request request) {
    return request.getConnectionMetaData().getConnector().getName() != null;
  }

  /** The name of the key that a request came with; null where keys are not asked for. */
  public static @Nullable String keyName(Context request) {
    return request.attribute(Guard.KEY_NAME);
  }

  public int port() {
    return front == null ? -1 : front.getLocalPort();
  }

  /** Of a port beside; null where it is not open. */
  public @Nullable Integer port(String name) {
    ServerConnector connector = beside.get(name);
    return connector == null ? null : (Integer) connector.getLocalPort();
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

  private void furnish(
      Server server,
      List<Beside> ports,
      List<Handler.Wrapper> handlers,
      SslContextFactory.@Nullable Server tls) {
    Handler.Wrapper guard = new Guard(address.onLoopback, address.behindProxy, address.keys);
    server.setHandler(new GracefulHandler(guard));
    Handler.Wrapper last = guard;
    for (Handler.Wrapper handler : handlers) {
      last.setHandler(handler);
      last = handler;
    }
    server.setErrorHandler(new EnvelopeErrors());
    server.setStopTimeout(LAST_ORDERS.toMillis());
    for (Beside port : ports) {
      openBeside(port, server, tls);
    }
  }

  private void openBeside(Beside port, Server server, SslContextFactory.@Nullable Server tls) {
    HttpConfiguration http = new HttpConfiguration();
    ServerConnector connector =
        tls == null
            ? connector(server, new HttpConnectionFactory(furnished(http)), http2(http, false))
            : connector(
                server,
                new SslConnectionFactory(tls, "alpn"),
                new ALPNServerConnectionFactory("h2", "http/1.1"),
                http2(secure(http), true),
                new HttpConnectionFactory(furnished(http)));
    connector.setName(port.name);
    connector.setPort(port.port);
    try {
      connector.open();
      server.addConnector(connector);
      beside.put(port.name, connector);
      log.info("{} on {}:{}", port.name, address.host, connector.getLocalPort());
    } catch (IOException e) {
      log.warn("no {}: {}:{}: {}", port.name, address.host, port.port, rootMessage(e));
    }
  }

  private ServerConnector front(
      Server server, HttpConfiguration http, SslContextFactory.@Nullable Server tls) {
    furnished(http);
    ServerConnector connector =
        tls == null
            ? connector(server, new HttpConnectionFactory(http))
            : connector(
                server,
                new SslConnectionFactory(tls, "http/1.1"),
                new HttpConnectionFactory(secure(http)));
    connector.setPort(address.port);
    front = connector;
    return connector;
  }

  private static HttpConfiguration furnished(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setUriCompliance(ENCODED_IDS);
    http.setRequestHeaderSize(64 * 1024); // seven context headers of up to 8 KiB each
    return http;
  }

  private static HttpConfiguration secure(HttpConfiguration http) {
    http.addCustomizer(new SecureRequestCustomizer(false));
    return http;
  }

  private static AbstractHTTP2ServerConnectionFactory http2(HttpConfiguration http, boolean tls) {
    AbstractHTTP2ServerConnectionFactory factory =
        tls ? new HTTP2ServerConnectionFactory(http) : new HTTP2CServerConnectionFactory(http);
    factory.setRateControlFactory(new WindowRateControl.Factory(HTTP2_EVENTS_PER_SECOND));
    return factory;
  }

  private ServerConnector connector(Server server, ConnectionFactory... protocols) {
    ServerConnector connector = new ServerConnector(server, 1, 1, protocols);
    connector.setHost(address.host);
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
