// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.UUID;

/**
 * The identity of an event, 128 bits. Equal id means the same event, whoever sends it again and
 * whenever: ids are name-based UUIDs (RFC 9562, version 5) of what api.md, Identity, says
 * identifies a record.
 */
public record EventId(long high, long low) {
  /** The name space of all Ledgerline ids; never changed. */
  private static final byte[] NAMESPACE =
      ByteBuffer.allocate(16).putLong(0x6c65646765726c69L).putLong(0x8e652d6576656e74L).array();

  /** Never used but to be cloned. */
  private static final MessageDigest SHA1 = newSha1();

  /**
   * The id of that name.
   *
   * @param parts what identifies the record; kept apart by a byte that occurs in no UTF-8 text
   */
  public static EventId named(String... parts) {
    byte[][] utf8 = new byte[parts.length][];
    int length = NAMESPACE.length;
    for (int i = 0; i < parts.length; i++) {
      utf8[i] = parts[i].getBytes(StandardCharsets.UTF_8);
      length += utf8[i].length + 1;
    }
    byte[] name = Arrays.copyOf(NAMESPACE, length);
    int at = NAMESPACE.length;
    for (byte[] part : utf8) {
      System.arraycopy(part, 0, name, at, part.length);
      at += part.length;
      name[at++] = (byte) 0xff;
    }
    ByteBuffer hash = ByteBuffer.wrap(sha1().digest(name));
    long high = (hash.getLong() & 0xffff_ffff_ffff_0fffL) | 0x5000L;
    long low = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new EventId(high, low);
  }

  /** The id of the n-th event (from 0) of the record with this id. */
  public EventId event(int n) {
    return n == 0 ? this : named(toString(), Integer.toString(n));
  }

  public static EventId parse(String text) {
    UUID uuid = UUID.fromString(text);
    return new EventId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  @Override
  public String toString() {
    return new UUID(high, low).toString();
  }

  /** Looking the algorithm up takes longer than hashing a name. */
  private static MessageDigest sha1() {
    try {
      return (MessageDigest) SHA1.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-1 of every JDK can be cloned", e);
    }
  }

  private static MessageDigest newSha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
