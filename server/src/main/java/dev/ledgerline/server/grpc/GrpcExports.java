// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.grpc;

import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpAnswer;
import dev.ledgerline.server.http.Door;
import dev.ledgerline.server.otlp.OtlpExports;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The three {@code Export} calls of OTLP/gRPC. A message is read like the body of a request: what
 * it takes is reserved before it is read, and a compressed one is inflated within the limits.
 *
 * <pre>
 * request   HEADERS  content-type: application/grpc, grpc-encoding: gzip, grpc-timeout: 10S
 *           DATA     compressed (1 byte), length (4 bytes, big-endian), message
 * response  HEADERS  :status 200
 *           DATA     0, length, message
 *           HEADERS  grpc-status: 0
 * failure   HEADERS  :status 200, grpc-status: 14, grpc-message: …, grpc-status-details-bin: …
 * </pre>
 */
public final class GrpcExports extends Handler.Wrapper {
  private static final String CONTENT_TYPE = "application/grpc";
  private static final int PREFIX_BYTES = 5;

  private final OtlpExports exports;

  public GrpcExports(OtlpExports exports) {
    this.exports = exports;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (type == null
        || !type.toLowerCase(Locale.ROOT).startsWith(CONTENT_TYPE)
        || request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2
        || !HttpMethod.POST.is(request.getMethod())) {
      return super.handle(request, response, callback);
    }
    Signal signal = signal(Request.getPathInContext(request));
    if (signal == null) {
      return fail(response, callback, GrpcStatus.UNIMPLEMENTED, "there is no such method", null);
    }
    long start = System.nanoTime();
    Duration timeout = Timeout.of(request.getHeaders().get("grpc-timeout"));
    OtlpAnswer answer;
    try (InputStream in = Content.Source.asInputStream(request)) {
      byte[] prefix = in.readNBytes(PREFIX_BYTES);
      if (prefix.length < PREFIX_BYTES || prefix[0] < 0 || prefix[0] > 1) {
        return fail(response, callback, GrpcStatus.INTERNAL, "there is no message", null);
      }
      String coding = prefix[0] == 0 ? null : request.getHeaders().get("grpc-encoding");
      if (prefix[0] == 1 && (coding == null || coding.equals("identity"))) {
        return fail(
            response, callback, GrpcStatus.INTERNAL, "the message is compressed in no way", null);
      }
      long length = ByteBuffer.wrap(prefix).getInt(1) & 0xffff_ffffL;
      answer =
          exports.take(
              signal,
              Encoding.PROTOBUF,
              new OtlpExports.Sender(request.getHeaders()::get, Door.keyName(request)),
              new Message(in, length),
              coding,
              length);
    } catch (IOException e) {
      callback.failed(e); // the caller is gone
      return true;
    }
    if (timeout != null && System.nanoTime() - start > timeout.toNanos()) {
      return fail(
          response, callback, GrpcStatus.DEADLINE_EXCEEDED, "it took longer than you wait", null);
    }
    if (answer.status() == 200) {
      return succeed(response, callback, answer.body());
    }
    return fail(
        response, callback, GrpcStatus.of(answer), answer.message(), answer.retryAfterSeconds());
  }

  private static @Nullable Signal signal(String path) {
    for (Signal signal : Signal.values()) {
      if (path.equals("/" + signal.method())) {
        return signal;
      }
    }
    return null;
  }

  private static boolean succeed(Response response, Callback callback, byte[] message) {
    head(response.getHeaders());
    HttpFields trailers = HttpFields.build().put("grpc-status", "0").asImmutable();
    response.setTrailersSupplier(() -> trailers);
    ByteBuffer framed = ByteBuffer.allocate(PREFIX_BYTES + message.length);
    framed.put((byte) 0).putInt(message.length).put(message).flip();
    response.write(true, framed, callback);
    return true;
  }

  /** Head and trailers are one where there is no message. */
  private static boolean fail(
      Response response,
      Callback callback,
      GrpcStatus status,
      String message,
      @Nullable Integer retryAfterSeconds) {
    HttpFields.Mutable headers = response.getHeaders();
    head(headers);
    headers.put("grpc-status", Integer.toString(status.code()));
    headers.put("grpc-message", GrpcStatus.percentEncoded(message));
    headers.put("grpc-status-details-bin", status.details(message, retryAfterSeconds));
    response.write(true, BufferUtil.EMPTY_BUFFER, callback);
    return true;
  }

  private static void head(HttpFields.Mutable headers) {
    headers.put(HttpHeader.CONTENT_TYPE, CONTENT_TYPE);
    headers.put("grpc-accept-encoding", "identity,gzip,zstd");
  }

  /** So many bytes of a stream. Closing it leaves the stream open. */
  private static final class Message extends InputStream {
    private final InputStream in;
    private long left;

    Message(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(bytes, offset, (int) Math.min(left, length));
      if (n > 0) {
        left -= n;
      }
      return n;
    }
  }

  /** {@code grpc-timeout}: up to eight digits and a unit. */
  private static final class Timeout {
    static @Nullable Duration of(@Nullable String text) {
      if (text == null || !text.matches("[0-9]{1,8}[HMSmun]")) {
        return null;
      }
      long amount = Long.parseLong(text.substring(0, text.length() - 1));
      return switch (text.charAt(text.length() - 1)) {
        case 'H' -> Duration.ofHours(amount);
        case 'M' -> Duration.ofMinutes(amount);
        case 'S' -> Duration.ofSeconds(amount);
        case 'm' -> Duration.ofMillis(amount);
        case 'u' -> Duration.ofNanos(amount * 1_000);
        default -> Duration.ofNanos(amount);
      };
    }
  }
}
