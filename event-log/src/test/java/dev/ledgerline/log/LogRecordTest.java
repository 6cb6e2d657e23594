// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class LogRecordTest {
  private static final byte[] PAYLOAD = "payload ".repeat(40).getBytes(StandardCharsets.UTF_8);
  private static final long POSITION = 0x0102030405060708L;
  private static final int AT = 5;

  private final ByteBuffer record = ByteBuffer.allocate(AT + LogRecord.bytes(PAYLOAD));

  private void write() {
    LogRecord.write(PAYLOAD, record, AT, LogRecord.leafHash());
    LogRecord.place(record, AT, POSITION);
  }

  @Test
  void standsInTheFileAsItIsDrawn() throws Exception {
    write();
    byte[] leaf = ByteBuffer.allocate(1 + PAYLOAD.length).put((byte) 0).put(PAYLOAD).array();
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(leaf);
    ByteBuffer content = ByteBuffer.allocate(4 + 32 + PAYLOAD.length);
    content.putInt(PAYLOAD.length).put(hash).put(PAYLOAD);
    int crc = crc(content.array()) ^ crc(ByteBuffer.allocate(8).putLong(POSITION).array());
    ByteBuffer drawn = ByteBuffer.allocate(record.capacity());
    drawn.position(AT).putInt(PAYLOAD.length).putInt(crc).putLong(POSITION).put(hash).put(PAYLOAD);
    assertArrayEquals(drawn.array(), record.array());
    assertEquals(PAYLOAD.length, LogRecord.length(record, AT));
    assertEquals(POSITION, LogRecord.position(record, AT));
  }

  @Test
  void isSoundOnlyWithEachOfItsBits() {
    write();
    assertTrue(LogRecord.isSound(record, AT));
    byte[] bytes = record.array();
    for (int bit = 0; bit < LogRecord.HEADER_BYTES * 8; bit++) {
      int at = AT + bit / 8;
      if (at >= AT + 4) { // a wrong length is found by who reads the file
        bytes[at] ^= (byte) (1 << bit % 8);
        assertFalse(LogRecord.isSound(record, AT), "bit " + bit);
        bytes[at] ^= (byte) (1 << bit % 8);
      }
    }
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
