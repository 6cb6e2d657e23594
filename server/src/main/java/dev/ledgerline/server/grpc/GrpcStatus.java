// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.grpc;

import com.google.protobuf.CodedOutputStream;
import dev.ledgerline.otel.receive.OtlpAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Codes of gRPC that OTLP uses (specification 1.11, OTLP/gRPC response). */
enum GrpcStatus {
  INVALID_ARGUMENT(3),
  DEADLINE_EXCEEDED(4),
  /** Not to be sent again, unless a delay is named. */
  RESOURCE_EXHAUSTED(8),
  UNIMPLEMENTED(12),
  INTERNAL(13),
  /** To be sent again. */
  UNAVAILABLE(14);

  private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

  private final int code;

  GrpcStatus(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** What is a status of HTTP here is a code there. */
  static GrpcStatus of(OtlpAnswer answer) {
    return switch (answer.status()) {
      case 413, 429 -> RESOURCE_EXHAUSTED;
      case 415 -> UNIMPLEMENTED;
      case 503 -> UNAVAILABLE;
      default -> answer.status() < 500 ? INVALID_ARGUMENT : INTERNAL;
    };
  }

  /** {@code google.rpc.Status} in base64, with a {@code RetryInfo} where a delay is named. */
  String details(String message, @Nullable Integer retryAfterSeconds) {
    byte[] status =
        protobuf(
            out -> {
              out.writeInt32(1, code);
              out.writeString(2, message);
              if (retryAfterSeconds != null) {
                byte[] duration = protobuf(d -> d.writeInt64(1, retryAfterSeconds));
                byte[] retryInfo = protobuf(r -> r.writeByteArray(1, duration));
                out.writeByteArray(
                    3,
                    protobuf(
                        any -> {
                          any.writeString(1, RETRY_INFO);
                          any.writeByteArray(2, retryInfo);
                        }));
              }
            });
    return Base64.getEncoder().withoutPadding().encodeToString(status);
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

  /** As {@code grpc-message} wants it: visible ASCII but the percent sign. */
  static String percentEncoded(String message) {
    StringBuilder encoded = new StringBuilder(message.length());
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append("%02X".formatted(b));
      }
    }
    return encoded.toString();
  }
}
