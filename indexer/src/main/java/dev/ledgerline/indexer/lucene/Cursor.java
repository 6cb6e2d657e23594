// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.RunReader.BadCursorException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Where a page ended: the values that its last item is sorted by, which no later event changes the
 * meaning of.
 *
 * <pre>
 *  version (1 byte, 1) | CRC-32C of the list's name | value, 8 bytes ... | CRC-32C of all before
 * </pre>
 *
 * In URL-safe base64. The list's name says everything that a page must have in common with the next
 * (the query, the order), so a cursor of one list is refused by another.
 */
final class Cursor {
  private static final byte VERSION = 1;
  private static final int MAX_LENGTH = 256;

  private Cursor() {}

  static String of(String list, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(1 + 4 + 8 * values.length + 4);
    bytes.put(VERSION).putInt(crc(list.getBytes(StandardCharsets.UTF_8)));
    for (long value : values) {
      bytes.putLong(value);
    }
    bytes.putInt(crc(bytes.array(), bytes.position()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * The values of a cursor.
   *
   * @return null for a null cursor: the first page
   */
  static long @Nullable [] read(String list, @Nullable String cursor, int values)
      throws BadCursorException {
    if (cursor == null) {
      return null;
    }
    int length = 1 + 4 + 8 * values + 4;
    ByteBuffer bytes = ByteBuffer.wrap(decoded(cursor));
    if (bytes.capacity() != length
        || bytes.get() != VERSION
        || crc(bytes.array(), length - 4) != bytes.getInt(length - 4)) {
      throw new BadCursorException("this is no cursor of ours");
    }
    if (bytes.getInt() != crc(list.getBytes(StandardCharsets.UTF_8))) {
      throw new BadCursorException("this cursor belongs to another query or order");
    }
    long[] read = new long[values];
    bytes.asLongBuffer().get(read);
    return read;
  }

  private static byte[] decoded(String cursor) throws BadCursorException {
    try {
      return cursor.length() > MAX_LENGTH ? new byte[0] : Base64.getUrlDecoder().decode(cursor);
    } catch (IllegalArgumentException e) {
      throw new BadCursorException("this is no cursor of ours");
    }
  }

  private static int crc(byte[] bytes) {
    return crc(bytes, bytes.length);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
