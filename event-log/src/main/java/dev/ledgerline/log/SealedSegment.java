// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A segment that is never written again, compressed.
 *
 * <pre>
 *  {@link SegmentHeader}   64
 *  {@link Block} ...            each some 64 KiB before it was compressed
 *  index                    for each block
 *     first position     8
 *     place in the file  8
 *  footer                40
 *     place of the index 8
 *     blocks             4
 *     crc32c of the index 4
 *     last position      8   that this segment stands for
 *     sealed at          8   milliseconds since 1970
 *     magic              4   "LEND"
 *     crc32c             4   of the footer's bytes above
 * </pre>
 *
 * <p>Index and footer only repeat what the blocks say: where they are damaged, they are made again.
 */
final class SealedSegment implements Segment {
  static final String SUFFIX = ".zlog";
  static final int FOOTER_BYTES = 40;

  private static final int MAGIC = 0x4c454e44;
  static final int INDEX_ENTRY_BYTES = 16;

  private final Path file;
  private final long first;
  private final long last;
  private final long bytes;
  private final Instant sealedAt;
  private final Storage storage;
  private final Losses losses;
  private final BlockCache cache;
  private volatile SoftReference<Index> index = new SoftReference<>(null);

  private SealedSegment(
      Path file,
      long first,
      long last,
      long bytes,
      Instant sealedAt,
      Storage storage,
      Losses losses,
      BlockCache cache) {
    this.file = file;
    this.first = first;
    this.last = last;
    this.bytes = bytes;
    this.sealedAt = sealedAt;
    this.storage = storage;
    this.losses = losses;
    this.cache = cache;
  }

  /**
   * Opens a file that exists.
   *
   * @param lastIfUnknown the position that it must reach to if its own end is damaged
   */
  static SealedSegment open(
      Path file,
      long first,
      long lastIfUnknown,
      Instant now,
      Storage storage,
      Losses losses,
      BlockCache cache)
      throws IOException {
    try (StorageFile opened = storage.open(file)) {
      Footer footer = Footer.read(opened);
      return new SealedSegment(
          file,
          first,
          footer == null ? lastIfUnknown : footer.last,
          opened.size(),
          footer == null ? now : footer.sealedAt,
          storage,
          losses,
          cache);
    }
  }

  /** Whether the file was written to its end. */
  static boolean hasFooter(StorageFile file) throws IOException {
    return Footer.read(file) != null;
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public long first() {
    return first;
  }

  @Override
  public long last() {
    return last;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  Instant sealedAt() {
    return sealedAt;
  }

  @Override
  public Reader read(long position, int bufferBytes) throws IOException {
    StorageFile opened = storage.open(file);
    try {
      return new BlockReader(this, opened, index(opened), position);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** That entry, null where there is none. */
  EventLog.@Nullable LogEntry get(long position) throws IOException {
    Index known = index.get();
    if (known != null) {
      int number = known.blockOf(position);
      byte[] block = cache.get(this, number);
      if (block != null) {
        return find(known, number, block, position);
      }
    }
    try (StorageFile opened = storage.open(file)) {
      Index blocks = index(opened);
      int number = blocks.blockOf(position);
      byte[] block = block(opened, blocks, number);
      if (block == null) {
        return null;
      }
      cache.put(this, number, block);
      return find(blocks, number, block, position);
    }
  }

  private static EventLog.@Nullable LogEntry find(
      Index blocks, int number, byte[] block, long position) {
    EventLog.LogEntry entry = new Records(blocks.firsts[number], block).from(position);
    return entry != null && entry.position().number() == position ? entry : null;
  }

  /** The content of a block, null where it is damaged; then the loss has been reported. */
  private byte @Nullable [] block(StorageFile opened, Index blocks, int number) throws IOException {
    if (blocks.firsts.length == 0) {
      return null;
    }
    byte[] block = readBlock(opened, blocks.offsets[number], blocks.firsts[number]);
    if (block == null) {
      long lastLost = number + 1 < blocks.firsts.length ? blocks.firsts[number + 1] - 1 : last;
      losses.report(file, blocks.firsts[number], lastLost, "a damaged block");
    }
    return block;
  }

  private byte @Nullable [] readBlock(StorageFile opened, long offset, long firstPosition)
      throws IOException {
    Block.Head head = head(opened, offset, bytes);
    if (head == null || head.first() != firstPosition) {
      return null;
    }
    ByteBuffer block = ByteBuffer.allocate(head.bytes());
    return Bytes.readFully(opened, block, offset) && Block.isSound(block.array(), 0, head)
        ? Block.content(block.array(), 0, head)
        : null;
  }

  /** The head that stands there, null where none can. */
  private static Block.@Nullable Head head(StorageFile opened, long offset, long fileBytes)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Block.HEAD_BYTES);
    if (!Bytes.readFully(opened, bytes, offset)) {
      return null;
    }
    Block.Head head = Block.Head.read(bytes, 0);
    return head.isPossible() && head.bytes() <= fileBytes - offset ? head : null;
  }

  private Index index(StorageFile opened) throws IOException {
    Index known = index.get();
    if (known == null) {
      Footer footer = Footer.read(opened);
      known = footer == null ? null : Index.read(opened, footer);
      if (known == null) {
        known = Index.rebuild(opened, bytes, this::reportRest);
      }
      index = new SoftReference<>(known);
    }
    return known;
  }

  private void reportRest(long from) {
    losses.report(file, Math.max(from, first), last, "index and a block damaged");
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  record Footer(long indexAt, int blocks, int indexCrc, long last, Instant sealedAt) {
    static @Nullable Footer read(StorageFile opened) throws IOException {
      long at = opened.size() - FOOTER_BYTES;
      ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
      if (at < SegmentHeader.BYTES
          || !Bytes.readFully(opened, bytes, at)
          || bytes.getInt(FOOTER_BYTES - 4) != SealedSegment.crc(bytes.array(), FOOTER_BYTES - 4)
          || bytes.getInt(FOOTER_BYTES - 8) != MAGIC) {
        return null;
      }
      bytes.flip();
      return new Footer(
          bytes.getLong(),
          bytes.getInt(),
          bytes.getInt(),
          bytes.getLong(),
          Instant.ofEpochMilli(bytes.getLong()));
    }

    byte[] toBytes() {
      ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
      bytes.putLong(indexAt).putInt(blocks).putInt(indexCrc);
      bytes.putLong(last).putLong(sealedAt.toEpochMilli()).putInt(MAGIC);
      bytes.putInt(SealedSegment.crc(bytes.array(), FOOTER_BYTES - 4));
      return bytes.array();
    }
  }

  /** Where the blocks are. */
  private record Index(long[] firsts, long[] offsets) {
    /** The block that holds that position if any does. */
    int blockOf(long position) {
      int found = Arrays.binarySearch(firsts, position);
      return found >= 0 ? found : Math.max(0, -found - 2);
    }

    static @Nullable Index read(StorageFile opened, Footer footer) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(footer.blocks * INDEX_ENTRY_BYTES);
      if (!Bytes.readFully(opened, bytes, footer.indexAt)
          || SealedSegment.crc(bytes.array(), bytes.capacity()) != footer.indexCrc) {
        return null;
      }
      bytes.flip();
      long[] firsts = new long[footer.blocks];
      long[] offsets = new long[footer.blocks];
      for (int i = 0; i < footer.blocks; i++) {
        firsts[i] = bytes.getLong();
        offsets[i] = bytes.getLong();
      }
      return new Index(firsts, offsets);
    }

    /**
     * Walks from block to block; one with damaged data is found out when it is read.
     *
     * @param lost is told the first position that may be gone if the walk ends too early
     */
    static Index rebuild(StorageFile opened, long fileBytes, LongConsumer lost) throws IOException {
      long[] firsts = new long[16];
      long[] offsets = new long[16];
      int blocks = 0;
      long at = SegmentHeader.BYTES;
      while (at < fileBytes) {
        Block.Head head = head(opened, at, fileBytes);
        if (head == null || (blocks > 0 && head.first() <= firsts[blocks - 1])) {
          break;
        }
        if (blocks == firsts.length) {
          firsts = Arrays.copyOf(firsts, blocks * 2);
          offsets = Arrays.copyOf(offsets, blocks * 2);
        }
        firsts[blocks] = head.first();
        offsets[blocks] = at;
        blocks++;
        at += head.bytes();
      }
      if (fileBytes - at != blocks * (long) INDEX_ENTRY_BYTES + FOOTER_BYTES) {
        lost.accept(blocks == 0 ? 0 : firsts[blocks - 1] + 1);
      }
      return new Index(Arrays.copyOf(firsts, blocks), Arrays.copyOf(offsets, blocks));
    }
  }

  private static final class BlockReader implements Reader {
    private final SealedSegment segment;
    private final StorageFile opened;
    private final Index blocks;
    private final long from;
    private int next;
    private Records records = Records.NONE;

    BlockReader(SealedSegment segment, StorageFile opened, Index blocks, long from) {
      this.segment = segment;
      this.opened = opened;
      this.blocks = blocks;
      this.from = from;
      this.next = blocks.blockOf(from);
    }

    @Override
    public EventLog.@Nullable LogEntry next() throws IOException {
      while (true) {
        EventLog.LogEntry entry = records.from(from);
        if (entry != null) {
          return entry;
        }
        if (next >= blocks.firsts.length) {
          return null;
        }
        byte[] block = segment.block(opened, blocks, next);
        if (block != null) {
          records = new Records(blocks.firsts[next], block);
        }
        next++;
      }
    }

    @Override
    public void close() {
      try {
        opened.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // closing a file that was only read
      }
    }
  }
}
