// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static dev.ledgerline.log.Block.HEAD_BYTES;
import static dev.ledgerline.log.Block.LEAF_HASH_BYTES;
import static dev.ledgerline.log.Block.RECORD_HEAD_BYTES;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Block} of records, and another one. Costly to make and meant to be used again; for
 * one thread at a time.
 */
final class BlockPacker implements AutoCloseable {
  private static final int LEVEL = 1;

  /** With less, the one event that is waited for is on the disk sooner as it is. */
  private static final int COMPRESSED_FROM_BYTES = 4 << 10;

  private final int blockBytes;
  private final MessageDigest leafHash;
  private @Nullable ZstdCompressCtx compressor;

  /** The content behind the room for its head. */
  private byte[] content;

  private int end = HEAD_BYTES;
  private int records;

  private byte[] compressed = new byte[0];
  private byte[] packed = compressed;
  private int packedBytes;

  /**
   * @param blockBytes content of a block; a longer record has one of its own
   */
  BlockPacker(int blockBytes) {
    this.blockBytes = blockBytes;
    this.content = new byte[HEAD_BYTES + blockBytes];
    try {
      this.leafHash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Records that were added since the last block. */
  int records() {
    return records;
  }

  /** Whether a record with that payload should begin the next block. */
  boolean isFullFor(int payloadBytes) {
    return records > 0 && end - HEAD_BYTES + RECORD_HEAD_BYTES + payloadBytes > blockBytes;
  }

  /** Adds an entry, hashed. */
  void add(byte[] payload) {
    makeRoom(RECORD_HEAD_BYTES + payload.length);
    ByteBuffer.wrap(content).putInt(end, payload.length);
    int hashAt = end + RECORD_HEAD_BYTES - LEAF_HASH_BYTES;
    leafHash.update((byte) 0);
    leafHash.update(payload);
    try {
      leafHash.digest(content, hashAt, LEAF_HASH_BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("there is room for it", e);
    }
    System.arraycopy(payload, 0, content, hashAt + LEAF_HASH_BYTES, payload.length);
    end = hashAt + LEAF_HASH_BYTES + payload.length;
    records++;
  }

  /** Adds a record of another block. */
  void add(Records record) {
    makeRoom(record.bytes());
    System.arraycopy(record.array(), record.at(), content, end, record.bytes());
    end += record.bytes();
    records++;
  }

  private void makeRoom(int bytes) {
    if (content.length - end < bytes) {
      content = Arrays.copyOf(content, end + bytes);
    }
  }

  /** Makes the block, which has no position yet; it is there until the next is made or begun. */
  void pack() {
    int length = end - HEAD_BYTES;
    int data = length < COMPRESSED_FROM_BYTES ? length : compress(length);
    packed = data < length ? compressed : content;
    packedBytes = HEAD_BYTES + data;
    Block.close(packed, data, length, records);
    end = HEAD_BYTES;
    records = 0;
  }

  /** How long it became; its own length where that would not make it shorter. */
  private int compress(int length) {
    if (compressor == null) {
      compressor = new ZstdCompressCtx().setLevel(LEVEL);
    }
    int bound = Math.toIntExact(Zstd.compressBound(length));
    if (compressed.length < HEAD_BYTES + bound) {
      compressed = new byte[HEAD_BYTES + bound];
    }
    int made =
        compressor.compressByteArray(compressed, HEAD_BYTES, bound, content, HEAD_BYTES, length);
    return Math.min(made, length);
  }

  /** Whether it had to grow for a large record, and is not worth being kept. */
  boolean isLarge() {
    return content.length > HEAD_BYTES + blockBytes;
  }

  /** The block that was made begins the array. */
  byte[] packed() {
    return packed;
  }

  int packedBytes() {
    return packedBytes;
  }

  @Override
  public void close() {
    if (compressor != null) {
      compressor.close();
    }
  }
}
