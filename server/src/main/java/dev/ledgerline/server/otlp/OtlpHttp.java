// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.otlp;

import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpAnswer;
import dev.ledgerline.server.http.Door;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * OTLP/HTTP: {@code POST /v1/traces}, {@code /v1/logs} and {@code /v1/metrics}, answered as OTLP
 * says also where something is wrong with the request itself. Everything else goes on to the other
 * handlers, except on OTLP's own port, where there is nothing else.
 */
public final class OtlpHttp extends Handler.Wrapper {
  /** Where senders end up whose endpoint is not quite right. */
  private static final Pattern NEARLY =
      Pattern.compile("/|/v1development/profiles/?|(/.*)?/v1/(traces|logs|metrics)/*");

  private static final String PATHS =
      "OTLP/HTTP is received by POST /v1/traces, /v1/logs and /v1/metrics";

  private final OtlpExports exports;

  public OtlpHttp(OtlpExports exports) {
    this.exports = exports;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = Request.getPathInContext(request);
    boolean post = HttpMethod.POST.is(request.getMethod());
    Signal signal = Signal.ofPath(path);
    if (signal == null) {
      if (Door.isBeside(request) || (post && NEARLY.matcher(path).matches())) {
        return reply(request, response, callback, 404, "there is nothing here; " + PATHS);
      }
      return super.handle(request, response, callback);
    }
    if (!post) {
      response.getHeaders().put(HttpHeader.ALLOW, "POST");
      return reply(request, response, callback, 405, "this path answers POST");
    }
    Encoding encoding = Encoding.of(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
    if (encoding == null) {
      return reply(
          request,
          response,
          callback,
          415,
          "Content-Type is application/x-protobuf or application/json");
    }
    OtlpAnswer answer =
        exports.take(
            signal,
            encoding,
            new OtlpExports.Sender(request.getHeaders()::get, Door.keyName(request)),
            Content.Source.asInputStream(request),
            request.getHeaders().get(HttpHeader.CONTENT_ENCODING),
            request.getLength());
    return reply(response, callback, answer);
  }

  private static boolean reply(
      Request request, Response response, Callback callback, int status, String message) {
    return reply(response, callback, refusal(request, status, message));
  }

  /** A refusal in the encoding of a request that may have none. */
  private static OtlpAnswer refusal(Request request, int status, String message) {
    Encoding encoding = encoding(request);
    return OtlpAnswer.refused(encoding == null ? Encoding.JSON : encoding, status, message);
  }

  private static @Nullable Encoding encoding(Request request) {
    HttpField field = request.getHeaders().getField(HttpHeader.CONTENT_TYPE);
    return Encoding.of(field == null ? null : field.getValue());
  }

  private static boolean reply(Response response, Callback callback, OtlpAnswer answer) {
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.encoding().mediaType());
    Integer retryAfter = answer.retryAfterSeconds();
    if (retryAfter != null) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, retryAfter.toString());
    }
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
    return true;
  }
}
