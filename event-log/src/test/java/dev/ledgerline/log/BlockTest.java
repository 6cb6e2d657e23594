// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class BlockTest {
  private static final long FIRST = 0x0102030405060708L;

  private final BlockPacker packer = new BlockPacker(64 << 10);

  private byte[] block(List<byte[]> payloads) {
    payloads.forEach(packer::add);
    packer.pack();
    byte[] block = Arrays.copyOf(packer.packed(), packer.packedBytes());
    Block.place(block, 0, FIRST);
    return block;
  }

  private static Block.Head head(byte[] block) {
    return Block.Head.read(ByteBuffer.wrap(block), 0);
  }

  private static List<byte[]> payloads(byte[] block) {
    byte[] content = Block.content(block, 0, head(block));
    assertNotNull(content);
    Records records = new Records(FIRST, content);
    List<byte[]> payloads = new ArrayList<>();
    while (records.next()) {
      assertEquals(FIRST + payloads.size(), records.position());
      payloads.add(records.entry().bytes());
    }
    return payloads;
  }

  @Test
  void aSmallOneStandsInTheFileAsItIsDrawn() throws Exception {
    byte[] payload = "payload".getBytes(UTF_8);
    byte[] block = block(List.of(payload, new byte[0]));
    ByteBuffer content = ByteBuffer.allocate(2 * 36 + payload.length);
    content.putInt(payload.length).put(leafHash(payload)).put(payload);
    content.putInt(0).put(leafHash(new byte[0]));
    int length = content.capacity();
    assertArrayEquals(drawn(content.array(), length, 2), block);
    assertEquals(new Block.Head(length, length, 2, FIRST), head(block));
    assertEquals(FIRST + 1, head(block).last());
  }

  @Test
  void aLargeOneIsCompressed() throws Exception {
    byte[] payload = "payload ".repeat(1_000).getBytes(UTF_8);
    byte[] block = block(List.of(payload, payload));
    Block.Head head = head(block);
    assertEquals(2 * (36 + payload.length), head.contentLength());
    assertTrue(head.dataLength() < 1_000);
    byte[] data = Arrays.copyOfRange(block, 24, block.length);
    ByteBuffer content = ByteBuffer.wrap(Zstd.decompress(data, head.contentLength()));
    for (int i = 0; i < 2; i++) {
      assertEquals(payload.length, content.getInt());
      byte[] hash = new byte[32];
      content.get(hash);
      assertArrayEquals(leafHash(payload), hash);
      content.position(content.position() + payload.length);
    }
    assertArrayEquals(drawn(data, head.contentLength(), 2), block);
    assertArrayEquals(payload, payloads(block).getLast());
  }

  @Test
  void whatCompressingWouldMakeLongerStaysAsItIs() {
    byte[] noise = new byte[10_000];
    new Random(5).nextBytes(noise);
    byte[] block = block(List.of(noise));
    assertEquals(24 + 36 + noise.length, block.length);
    assertArrayEquals(noise, payloads(block).getFirst());
  }

  @Test
  void aRecordThatIsLargerThanABlockHasOneOfItsOwnAndTheNextIsAsBefore() {
    byte[] large = new byte[3 << 20];
    new Random(6).nextBytes(large);
    assertArrayEquals(large, payloads(block(List.of(large))).getFirst());
    byte[] small = {1, 2, 3};
    packer.add(small);
    assertFalse(packer.isFullFor(1_000));
    assertTrue(packer.isFullFor(64 << 10));
    assertArrayEquals(small, payloads(block(List.of())).getFirst());
    assertFalse(packer.isFullFor(64 << 20), "an empty one takes whatever comes");
  }

  @Test
  void aBatchTakesNoMoreMemoryThanItsBlocksTwice() {
    byte[] large = new byte[4 << 20];
    new Random(8).nextBytes(large);
    List<byte[]> entries = new ArrayList<>(List.of(large));
    for (int i = 0; i < 300; i++) {
      entries.add(Arrays.copyOfRange(large, i * 500, (i + 1) * 500));
    }
    Batch batch = new Batch(entries, packer, new DurableEnd(0));
    assertTrue(batch.bytes() > 4_300_000);
    assertTrue(batch.array().length < 2 * batch.bytes());
    assertTrue(packer.isLarge(), "and is not kept");
  }

  @Test
  void isSoundOnlyWithEachOfItsBits() {
    for (int length : new int[] {300, 9_000}) {
      byte[] block = block(List.of("payload ".repeat(length / 8).getBytes(UTF_8)));
      Block.Head head = head(block);
      assertTrue(Block.isSound(block, 0, head));
      for (int bit = 0; bit < block.length * 8; bit++) {
        block[bit / 8] ^= (byte) (1 << bit % 8);
        Block.Head damaged = head(block);
        boolean found =
            damaged.isPossible()
                && damaged.bytes() <= block.length
                && Block.isSound(block, 0, damaged);
        assertFalse(found, "bit " + bit);
        block[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
  }

  @Test
  void contentThatIsNotWhatItsHeadSaysIsNone() {
    byte[] block = block(List.of("payload ".repeat(2_000).getBytes(UTF_8)));
    Block.Head head = head(block);
    assertNull(Block.content(block, 0, new Block.Head(head.dataLength(), 16_037, 1, FIRST)));
    assertNull(Block.content(block, 0, new Block.Head(head.dataLength(), 16_035, 1, FIRST)));
    assertNull(Block.content(block, 0, new Block.Head(head.dataLength(), 16_036, 2, FIRST)));
    assertNull(Block.content(block, 0, new Block.Head(head.dataLength() - 1, 16_036, 1, FIRST)));
    assertNotNull(Block.content(block, 0, new Block.Head(head.dataLength(), 16_036, 1, FIRST)));
  }

  private static byte[] leafHash(byte[] payload) throws Exception {
    byte[] leaf = ByteBuffer.allocate(1 + payload.length).put((byte) 0).put(payload).array();
    return MessageDigest.getInstance("SHA-256").digest(leaf);
  }

  private static byte[] drawn(byte[] data, int contentLength, int records) {
    ByteBuffer checked = ByteBuffer.allocate(12 + data.length);
    checked.putInt(data.length).putInt(contentLength).putInt(records).put(data);
    int crc = crc(checked.array()) ^ crc(ByteBuffer.allocate(8).putLong(FIRST).array());
    ByteBuffer block = ByteBuffer.allocate(24 + data.length);
    block.putInt(data.length).putInt(contentLength).putInt(records).putInt(crc).putLong(FIRST);
    return block.put(data).array();
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
