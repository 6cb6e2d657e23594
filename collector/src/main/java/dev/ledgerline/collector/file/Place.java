// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How far a file was read, and what it looked like.
 *
 * @param key device and inode where the platform has them, else empty
 * @param headBytes how many of its first bytes {@code head} stands for, at most {@value #HEAD}
 * @param at bytes that are done with (of a gzip file: decompressed)
 * @param tailBytes how many bytes before {@code at} the {@code tail} stands for, at most {@value
 *     #TAIL}
 * @param modifiedMillis when the file was changed last, as far as was seen
 */
record Place(
    String key,
    int headBytes,
    String head,
    long at,
    int tailBytes,
    String tail,
    long modifiedMillis) {
  static final int HEAD = 1_024;
  static final int TAIL = 256;

  /** Nothing of it was read. */
  static Place start(String key, long modifiedMillis) {
    return new Place(key, 0, "", 0, 0, "", modifiedMillis);
  }

  Place read(byte[] in, int from, int to, long at) {
    int bytes = Math.min(TAIL, to - from);
    return new Place(key, headBytes, head, at, bytes, hash(in, to - bytes, to), modifiedMillis);
  }

  /** Whether these bytes, which begin where the tail does, are of the file that was read before. */
  boolean goesOnIn(byte[] in, int length) {
    boolean fromTheStart = at == tailBytes;
    return length >= tailBytes
        && (tailBytes == 0 || hash(in, 0, tailBytes).equals(tail))
        && (!fromTheStart || (length >= headBytes && isHead(in)));
  }

  private boolean isHead(byte[] in) {
    return headBytes == 0 || hash(in, 0, headBytes).equals(head);
  }

  /** A file with less in it is another, or has lost something. */
  long leastBytes() {
    return Math.max(at, headBytes);
  }

  /** With as much of the beginning of its file as helps to know it again. */
  Place withHead(Content file, long atLeast) throws IOException {
    if (headBytes == HEAD || headBytes >= atLeast) {
      return this;
    }
    byte[] in = new byte[HEAD];
    int bytes = file.read(0, in, 0, HEAD);
    return bytes > headBytes && isHead(in) // else it was emptied just now
        ? new Place(key, bytes, hash(in, 0, bytes), at, tailBytes, tail, modifiedMillis)
        : this;
  }

  /** Whether what was read of its file stands in this one. */
  boolean standsIn(Content file) throws IOException {
    byte[] in = new byte[HEAD];
    return headBytes > 0
        && file.read(0, in, 0, headBytes) == headBytes
        && isHead(in)
        && file.read(at - tailBytes, in, 0, tailBytes) == tailBytes
        && (tailBytes == 0 || hash(in, 0, tailBytes).equals(tail));
  }

  Place in(String key, long modifiedMillis) {
    return new Place(key, headBytes, head, at, tailBytes, tail, modifiedMillis);
  }

  /** 16 hex digits; against mistakes, not against attackers. */
  static String hash(byte[] in, int from, int to) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(in, from, to - from);
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return hash(bytes, 0, bytes.length);
  }
}
