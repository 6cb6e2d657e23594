// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

  /**
   * The id of that name.
   *
   * @param parts what identifies the record; kept apart by a byte that occurs in no UTF-8 text
   */
  public static EventId named(String... parts) {
    MessageDigest sha1 = sha1();
    sha1.update(NAMESPACE);
    for (String part : parts) {
      sha1.update(part.getBytes(StandardCharsets.UTF_8));
      sha1.update((byte) 0xff);
    }
    ByteBuffer hash = ByteBuffer.wrap(sha1.digest());
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

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
