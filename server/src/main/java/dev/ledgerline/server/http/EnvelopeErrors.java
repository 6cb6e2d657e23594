// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What Jetty refuses by itself (a broken request line, headers too large), in our form. */
final class EnvelopeErrors extends ErrorHandler {
  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, envelope(status), callback);
  }

  private static ByteBuffer envelope(int status) {
    String error =
        switch (status) {
          case 404 -> "\"unknown_path\",\"message\":\"there is nothing at this path\"";
          case 405 -> "\"method_not_allowed\",\"message\":\"this path does not answer that verb\"";
          case 408 -> "\"timeout\",\"message\":\"the request did not arrive in time\"";
          case 413, 431 -> "\"too_large\",\"message\":\"the headers are larger than 64 KiB\"";
          case 414 -> "\"too_large\",\"message\":\"the path and its query are larger than 64 KiB\"";
          case 503 -> "\"not_ready\",\"message\":\"the server is starting or stopping\"";
          default ->
              status >= 500
                  ? "\"internal\",\"message\":\"the server failed; its log says why\""
                  : "\"bad_request\",\"message\":\"this is no HTTP request that can be read\"";
        };
    return ByteBuffer.wrap(
        ("{\"error\":{\"code\":" + error + "}}").getBytes(StandardCharsets.UTF_8));
  }
}
