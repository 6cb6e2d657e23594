// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.protobuf.CodedOutputStream;
import dev.ledgerline.otel.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What to answer to an export, as OTLP/HTTP says: 200 with an empty message, 200 with a partial
 * success, or an error with a {@code google.rpc.Status}; always in the encoding of the request.
 *
 * @param body of type {@link Encoding#mediaType()}; owned by the answer, never changed
 * @param message what is wrong, where it was refused whole; else empty
 * @param retryAfterSeconds for the {@code Retry-After} header of 429 and 503, else null
 */
public record OtlpAnswer(
    int status,
    Encoding encoding,
    byte[] body,
    String message,
    @Nullable Integer retryAfterSeconds) {

  /** Longer messages are cut: an answer must stay below 4 MiB, and people read the start. */
  static final int MAX_MESSAGE = 4_096;

  private static final byte[] EMPTY_OBJECT = {'{', '}'};

  /** Everything was stored; the partial success is unset, not empty. */
  static OtlpAnswer accepted(Encoding encoding) {
    byte[] body = encoding == Encoding.JSON ? EMPTY_OBJECT : new byte[0];
    return new OtlpAnswer(200, encoding, body, "", null);
  }

  /**
   * The sender must not send the rejected ones again.
   *
   * @param rejected spans, log records or data points; 0 makes the message a warning
   */
  static OtlpAnswer partlyAccepted(
      Encoding encoding, Signal signal, long rejected, String message) {
    byte[] body =
        switch (encoding) {
          // the numbers of the fields are the same in the responses of all signals
          case PROTOBUF ->
              protobuf(
                  response ->
                      response.writeByteArray(
                          1,
                          protobuf(
                              partial -> {
                                partial.writeInt64(1, rejected);
                                partial.writeString(2, cut(message));
                              })));
          case JSON ->
              "{\"partialSuccess\":{\"%s\":\"%d\",\"errorMessage\":\"%s\"}}"
                  .formatted(signal.rejected(), rejected, quoted(cut(message)))
                  .getBytes(StandardCharsets.UTF_8);
        };
    return new OtlpAnswer(200, encoding, body, "", null);
  }

  /** Any 4xx or 5xx; for the HTTP side too (413, 415, 401, …). */
  public static OtlpAnswer refused(Encoding encoding, int status, String message) {
    return refused(encoding, status, message, null);
  }

  /**
   * Any 4xx or 5xx. Senders try again after 429, 502, 503 and 504 and after nothing else, so what
   * may pass must be one of these.
   */
  public static OtlpAnswer refused(
      Encoding encoding, int status, String message, @Nullable Integer retryAfterSeconds) {
    byte[] body =
        switch (encoding) {
          // google.rpc.Status with its field 2, the message; OTLP/HTTP does not use the others
          case PROTOBUF -> protobuf(out -> out.writeString(2, cut(message)));
          case JSON ->
              ("{\"message\":\"" + quoted(cut(message)) + "\"}").getBytes(StandardCharsets.UTF_8);
        };
    return new OtlpAnswer(status, encoding, body, cut(message), retryAfterSeconds);
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] protobuf(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static String quoted(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  private static String cut(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
  }
}
