// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Ids of traces and spans for what was not told as a trace, derived from what they identify: the
 * first bytes of SHA-256 over the version of this derivation, the kind and the names, each followed
 * by a byte that occurs in no UTF-8 text. So the same run has the same ids whoever shows or exports
 * it, however often, from whichever copy of the log.
 */
public final class TraceIds {
  private static final String VERSION = "ledgerline/otlp/1";
  private static final int TRACE_BYTES = 16;
  private static final int SPAN_BYTES = 8;

  private TraceIds() {}

  /** 16 bytes. */
  public static byte[] trace(RunKey run) {
    return hash(TRACE_BYTES, "trace", run.source(), run.run());
  }

  /** 8 bytes: the span of the run itself. */
  public static byte[] root(RunKey run) {
    return span(run, "run", "");
  }

  /** 8 bytes: something inside a run. */
  public static byte[] span(RunKey run, String kind, String item) {
    return hash(SPAN_BYTES, kind, run.source(), run.run(), item);
  }

  private static byte[] hash(int bytes, String... parts) {
    MessageDigest sha = sha256();
    add(sha, VERSION);
    for (String part : parts) {
      add(sha, part);
    }
    byte[] id = Arrays.copyOf(sha.digest(), bytes);
    if (Arrays.equals(id, new byte[bytes])) {
      id[bytes - 1] = 1; // zeros mean "none"
    }
    return id;
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
