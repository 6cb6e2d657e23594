// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.ByteString;
import dev.ledgerline.run.RunKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Ids of traces and spans, derived from what they identify: the first bytes of SHA-256 over the
 * version of this derivation, the kind and the names, each followed by a byte that occurs in no
 * UTF-8 text. So the same run has the same ids whoever exports it, however often, from whichever
 * copy of the log.
 */
final class Ids {
  private static final String VERSION = "ledgerline/otlp/1";

  private Ids() {}

  /** 16 bytes. */
  static ByteString trace(RunKey run) {
    return hash(16, "trace", run.source(), run.run());
  }

  /** 8 bytes: the span of the run itself. */
  static ByteString root(RunKey run) {
    return span(run, "run", "");
  }

  /** 8 bytes: something inside a run. */
  static ByteString span(RunKey run, String kind, String item) {
    return hash(8, kind, run.source(), run.run(), item);
  }

  private static ByteString hash(int bytes, String... parts) {
    MessageDigest sha = sha256();
    add(sha, VERSION);
    for (String part : parts) {
      add(sha, part);
    }
    ByteString id = ByteString.copyFrom(sha.digest(), 0, bytes);
    boolean zero = id.equals(ByteString.copyFrom(new byte[bytes])); // which means "none"
    return zero
        ? ByteString.copyFrom(new byte[bytes - 1]).concat(ByteString.copyFrom(new byte[] {1}))
        : id;
  }

  private static void add(MessageDigest sha, String part) {
    sha.update(part.getBytes(StandardCharsets.UTF_8));
    sha.update((byte) 0xff);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
