// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static dev.ledgerline.log.SealedSegment.BLOCK_HEADER_BYTES;
import static dev.ledgerline.log.SealedSegment.FOOTER_BYTES;
import static dev.ledgerline.log.SealedSegment.INDEX_ENTRY_BYTES;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;

/** Writes a {@link SealedSegment}; it exists when {@link #finish} has returned and not before. */
final class SealedSegmentWriter implements AutoCloseable {
  private static final int LEVEL = 1;

  private final FileAppender out;
  private final int blockBytes;
  private byte[] raw;
  private int rawLength;
  private long blockFirst;
  private byte[] compressed = new byte[0];
  private ByteBuffer index = ByteBuffer.allocate(1024 * INDEX_ENTRY_BYTES);

  SealedSegmentWriter(StorageFile file, ByteBuffer buffer, int blockBytes, UUID log, long first)
      throws IOException {
    this.out = new FileAppender(file, buffer, 0);
    this.blockBytes = blockBytes;
    this.raw = new byte[blockBytes];
    out.append(new SegmentHeader(true, log, first).toBytes(), 0, SegmentHeader.BYTES);
  }

  void add(byte[] array, int from, int length, long position) throws IOException {
    if (rawLength > 0 && rawLength + length > blockBytes) {
      writeBlock();
    }
    if (rawLength == 0) {
      blockFirst = position;
    }
    if (raw.length - rawLength < length) {
      raw = Arrays.copyOf(raw, rawLength + length);
    }
    System.arraycopy(array, from, raw, rawLength, length);
    rawLength += length;
  }

  void finish(long last, Instant sealedAt) throws IOException {
    if (rawLength > 0) {
      writeBlock();
    }
    long indexAt = out.size();
    out.append(index.array(), 0, index.position());
    int indexCrc = SealedSegment.crc(index.array(), index.position());
    SealedSegment.Footer footer =
        new SealedSegment.Footer(
            indexAt, index.position() / INDEX_ENTRY_BYTES, indexCrc, last, sealedAt);
    out.append(footer.toBytes(), 0, FOOTER_BYTES);
    out.sync();
  }

  private void writeBlock() throws IOException {
    int bound = Math.toIntExact(Zstd.compressBound(rawLength));
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    int length =
        Math.toIntExact(Zstd.compressByteArray(compressed, 0, bound, raw, 0, rawLength, LEVEL));
    if (!index.hasRemaining()) {
      index = ByteBuffer.allocate(index.capacity() * 2).put(index.flip());
    }
    index.putLong(blockFirst).putLong(out.size());
    byte[] header = SealedSegment.BlockHeader.bytes(rawLength, blockFirst, compressed, length);
    out.append(header, 0, BLOCK_HEADER_BYTES);
    out.append(compressed, 0, length);
    rawLength = 0;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
