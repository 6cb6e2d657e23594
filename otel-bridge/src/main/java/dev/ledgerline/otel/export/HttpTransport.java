// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Status;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.export.Target.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * OTLP/HTTP, protobuf or JSON. Redirects are not followed: where runs go is what the operator said.
 */
final class HttpTransport implements Transport {
  /** Nothing that takes OTLP says more (specification: OTLP/HTTP Response). */
  private static final int MAX_ANSWER = 4 << 20;

  private final Target target;
  private final Duration timeout;
  private final String userAgent;
  private final InstantSource clock;
  private final HttpClient http;
  private final Map<Signal, URI> urls = new EnumMap<>(Signal.class);

  HttpTransport(Target target, Duration timeout, String userAgent, InstantSource clock)
      throws IOException {
    this.target = target;
    this.timeout = timeout;
    this.userAgent = userAgent;
    this.clock = clock;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout);
    SSLContext context = Certificates.context(target.security());
    this.http = (context == null ? builder : builder.sslContext(context)).build();
    for (Signal signal : target.signals()) {
      urls.put(signal, url(target, signal));
    }
  }

  private static URI url(Target target, Signal signal) {
    String base = target.url().toString();
    if (target.signals().size() == 1 && base.endsWith(signal.path())) {
      return target.url();
    }
    return URI.create(base.replaceFirst("/+$", "") + signal.path());
  }

  @Override
  public Answer send(Signal signal, Request request) throws InterruptedException {
    HttpRequest post = post(signal, request.message(signal));
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(
            post,
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER));
    try { // a timeout of the request itself would not cover the body of its answer
      return answer(signal, response.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new Answer.Busy("no answer within " + timeout.toSeconds() + " s", null);
    } catch (ExecutionException e) {
      return new Answer.Busy(trouble(e.getCause()), null);
    } finally {
      response.cancel(true);
    }
  }

  private String trouble(@Nullable Throwable failure) {
    if (failure instanceof ConnectException) { // mostly without a message
      boolean unknown = failure.getCause() instanceof UnresolvedAddressException;
      return (unknown ? "no address is known of " : "no connection to ")
          + target.url().getAuthority();
    }
    return Answer.shortened(String.valueOf(failure));
  }

  private HttpRequest post(Signal signal, Message message) {
    boolean json = target.protocol() == Protocol.HTTP_JSON;
    byte[] body = json ? OtlpJson.bytes(message) : message.toByteArray();
    HttpRequest.Builder post =
        HttpRequest.newBuilder(urls.get(signal))
            .header("Content-Type", json ? "application/json" : "application/x-protobuf")
            .header("User-Agent", userAgent);
    target.headers().forEach(post::setHeader);
    if (target.gzip()) {
      post.header("Content-Encoding", "gzip");
      body = gzipped(body);
    }
    return post.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
  }

  private Answer answer(Signal signal, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    byte[] body = response.body();
    if (status >= 200 && status < 300) {
      return type(response).startsWith("text/html") // a page to log in at, or some other server
          ? new Answer.Unauthorized(status + " with a web page: nothing there takes OTLP")
          : PartialSuccess.read(signal, body, isJson(response));
    }
    String reason = status + reason(response, body);
    return switch (status) {
      case 429, 502, 503, 504 -> new Answer.Busy(reason, retryAfter(response));
      case 413 -> new Answer.TooLarge(reason);
      case 301, 302, 303, 307, 308 ->
          new Answer.Unauthorized(
              status + " to " + response.headers().firstValue("Location").orElse("?"));
      case 401, 403 -> new Answer.Unauthorized(reason);
      case 404, 405 -> new Answer.Unsupported(reason);
      default -> new Answer.Refused(Integer.toString(status), reason);
    };
  }

  private static String type(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Type").orElse("");
  }

  private static boolean isJson(HttpResponse<?> response) {
    return type(response).startsWith("application/json");
  }

  private static String reason(HttpResponse<?> response, byte[] body) {
    String type = type(response);
    String text = "";
    if (type.startsWith("application/x-protobuf")) {
      try {
        text = Status.parseFrom(body).getMessage();
      } catch (InvalidProtocolBufferException e) {
        text = "";
      }
    } else if (type.startsWith("application/json") || type.startsWith("text/plain")) {
      text = new String(body, StandardCharsets.UTF_8);
    }
    return text.isBlank() ? "" : ": " + Answer.shortened(text);
  }

  /** Seconds or a date (RFC 9110, 10.2.3). */
  private @Nullable Duration retryAfter(HttpResponse<?> response) {
    String told = response.headers().firstValue("Retry-After").orElse("").strip();
    if (told.isEmpty()) {
      return null;
    }
    try {
      if (told.chars().allMatch(Character::isDigit)) {
        return Duration.ofSeconds(Long.parseLong(told));
      }
      Instant at = ZonedDateTime.parse(told, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(clock.instant(), at);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (NumberFormatException | DateTimeParseException e) {
      return null;
    }
  }

  private static byte[] gzipped(byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
