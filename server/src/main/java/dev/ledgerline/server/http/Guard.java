// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.http;

import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpAnswer;
import dev.ledgerline.server.http.ApiKeys.Scope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of everything, the UI and its websocket too, and refuses before a body is read:
 * requests that a browser was tricked into (a foreign Host on loopback, a foreign Origin), and
 * requests without a key that is good for them.
 */
final class Guard extends Handler.Wrapper {
  /** Attribute of a request: the name of its key. */
  static final String KEY_NAME = "dev.ledgerline.key";

  private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
  private static final Set<String> OPEN_PATHS = Set.of("/health", "/ready");

  private final boolean onLoopback;
  private final boolean behindProxy;
  private final @Nullable ApiKeys keys;

  Guard(boolean onLoopback, boolean behindProxy, @Nullable ApiKeys keys) {
    this.onLoopback = onLoopback;
    this.behindProxy = behindProxy;
    this.keys = keys;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (onLoopback && !behindProxy && !LOCAL_NAMES.contains(Request.getServerName(request))) {
      return refuse(request, response, callback, 403, "forbidden", "this Host is not served here");
    }
    if (isActing(request) && isFromElsewhere(request)) {
      return refuse(request, response, callback, 403, "forbidden", "this Origin may not act here");
    }
    if (keys != null && !OPEN_PATHS.contains(Request.getPathInContext(request))) {
      String secret = secret(request);
      ApiKeys.Key key = secret == null ? null : keys.find(secret);
      if (key == null) {
        if (isUi(request)) {
          response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"Ledgerline\"");
        }
        return refuse(
            request,
            response,
            callback,
            401,
            "unauthorized",
            secret == null ? "a key is needed" : "this key is not known");
      }
      if (needed(request).stream().noneMatch(key.scopes()::contains)) {
        return refuse(
            request,
            response,
            callback,
            403,
            "forbidden",
            "the key " + key.name() + " may not do this");
      }
      request.setAttribute(KEY_NAME, key.name());
    }
    return super.handle(request, response, callback);
  }

  /** Whether it could change something: reading across origins is stopped by the browser itself. */
  private static boolean isActing(Request request) {
    String method = request.getMethod();
    return !(method.equals("GET") || method.equals("HEAD"))
        || request.getHeaders().contains(HttpHeader.UPGRADE);
  }

  private boolean isFromElsewhere(Request request) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin == null) {
      return false;
    }
    String host = request.getHeaders().get(HttpHeader.HOST);
    String forwarded = request.getHeaders().get(HttpHeader.X_FORWARDED_HOST);
    if (behindProxy && forwarded != null) {
      host = forwarded;
    }
    try {
      return !HttpURI.from(origin).getAuthority().equalsIgnoreCase(host);
    } catch (IllegalArgumentException | NullPointerException e) {
      return true; // "null" and other origins without a host
    }
  }

  /** From the header of an API client, or the password that a browser asked its user for. */
  private static @Nullable String secret(Request request) {
    String key = request.getHeaders().get("X-API-Key");
    if (key != null) {
      return key;
    }
    HttpField field = request.getHeaders().getField(HttpHeader.AUTHORIZATION);
    String authorization = field == null ? "" : field.getValue();
    if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return authorization.substring(7).strip();
    }
    if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      try {
        byte[] pair = Base64.getDecoder().decode(authorization.substring(6).strip());
        String text = new String(pair, StandardCharsets.UTF_8);
        return text.substring(text.indexOf(':') + 1);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    return null;
  }

  /** The pages and their files: whoever asks is a browser, which has to be asked for its key. */
  private static boolean isUi(Request request) {
    String path = Request.getPathInContext(request);
    return path.equals("/")
        || path.equals("/ui")
        || Stream.of("/ui/", "/static/", "/lumo/").anyMatch(path::startsWith);
  }

  /** One of these scopes is enough. */
  private static Set<Scope> needed(Request request) {
    String path = Request.getPathInContext(request);
    boolean reading = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    if (reading || isUi(request) || path.equals("/mcp")) {
      return Set.of(Scope.READ);
    }
    if (path.startsWith("/v1/quarantine") || path.startsWith("/v1/runs/")) {
      return Set.of(Scope.ADMIN);
    }
    return path.equals("/v1/lint") ? Set.of(Scope.INGEST, Scope.READ) : Set.of(Scope.INGEST);
  }

  /** In our form, or as OTLP says where its senders read it. */
  private static boolean refuse(
      Request request,
      Response response,
      Callback callback,
      int status,
      String code,
      String message) {
    Encoding encoding =
        Signal.ofPath(Request.getPathInContext(request)) == null
            ? null
            : Encoding.of(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
    response.setStatus(status);
    response
        .getHeaders()
        .put(HttpHeader.CONTENT_TYPE, encoding == null ? "application/json" : encoding.mediaType());
    byte[] body =
        encoding == null
            ? ("{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}")
                .getBytes(StandardCharsets.UTF_8)
            : OtlpAnswer.refused(encoding, status, message).body();
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }
}
