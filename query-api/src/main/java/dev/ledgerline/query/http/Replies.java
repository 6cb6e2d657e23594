// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.UnansweredException;
import io.javalin.http.Context;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers and errors. */
final class Replies {
  private static final Logger logger = LoggerFactory.getLogger(Replies.class);

  /** Seconds after which the same question may be asked again. */
  private static final String RETRY_AFTER = "1";

  private Replies() {}

  static void json(Context request, JsonOut.Body body) throws IOException {
    reply(request, 200, "application/json", JsonOut.bytes(body));
  }

  static void reply(Context request, int status, String mediaType, byte[] bytes) {
    request
        .status(status)
        .header("X-Content-Type-Options", "nosniff")
        .header("Cache-Control", "no-store")
        .contentType(mediaType)
        .result(bytes);
  }

  static void unanswered(Context request, UnansweredException why) throws IOException {
    int status =
        switch (why.code()) {
          case BAD_QUERY, BAD_CURSOR, BAD_REQUEST -> 400;
          case RUN_NOT_FOUND, NOT_FOUND -> 404;
          case AMBIGUOUS_RUN -> 409;
          case TIMEOUT -> 503;
        };
    if (status == 503) {
      request.header("Retry-After", RETRY_AFTER);
    }
    error(
        request,
        status,
        why.code().word(),
        String.valueOf(why.getMessage()),
        e -> {
          if (why instanceof UnansweredException.Ambiguous ambiguous) {
            e.texts("sources", ambiguous.sources());
          }
        });
  }

  /** The server cannot answer now. */
  static void later(Context request, String code, String message) throws IOException {
    request.header("Retry-After", RETRY_AFTER);
    error(request, 503, code, message, _ -> {});
  }

  /** The server failed; its log says how, the answer does not. */
  static void failed(Context request, Exception cause) throws IOException {
    logger.error("{} {} failed", request.method(), request.endpoint().path, cause);
    error(request, 500, "internal", "the server failed; its log says why", _ -> {});
  }

  static void error(Context request, int status, String code, @Nullable String message)
      throws IOException {
    error(request, status, code, String.valueOf(message), _ -> {});
  }

  private static void error(
      Context request, int status, String code, String message, JsonOut.Body more)
      throws IOException {
    byte[] bytes =
        JsonOut.bytes(
            out ->
                out.object(
                    o ->
                        o.object(
                            "error",
                            e -> {
                              e.text("code", code).text("message", message);
                              more.write(e);
                            })));
    reply(request, status, "application/json", bytes);
  }
}
