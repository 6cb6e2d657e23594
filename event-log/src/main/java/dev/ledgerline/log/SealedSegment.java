// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A segment that is never written again, and has its index.
 *
 * <pre>
 *  {@link SegmentHeader}
 *  {@link Block} ...
 *  {@link SegmentIndex}
 * </pre>
 *
 * <p>It is sealed because its index is whole, whatever the name of the file: one that was written
 * in large blocks keeps its name.
 */
final class SealedSegment implements Segment {
  static final String SUFFIX = ".zlog";

  private final Path file;
  private final long first;
  private final long last;
  private final long bytes;
  private final Instant sealedAt;
  private final Storage storage;
  private final Losses losses;
  private final BlockCache cache;
  private volatile SoftReference<SegmentIndex> index = new SoftReference<>(null);

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
      SegmentIndex.Footer footer = SegmentIndex.Footer.read(opened);
      return new SealedSegment(
          file,
          first,
          footer == null ? lastIfUnknown : footer.last(),
          opened.size(),
          footer == null ? now : footer.sealedAt(),
          storage,
          losses,
          cache);
    }
  }

  /** Whether the file was written to its end. */
  static boolean hasFooter(StorageFile file) throws IOException {
    return SegmentIndex.Footer.read(file) != null;
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
    SegmentIndex known = index.get();
    if (known != null) {
      int number = known.blockOf(position);
      byte[] block = cache.get(this, number);
      if (block != null) {
        return find(known, number, block, position);
      }
    }
    try (StorageFile opened = storage.open(file)) {
      SegmentIndex blocks = index(opened);
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
      SegmentIndex blocks, int number, byte[] block, long position) {
    EventLog.LogEntry entry = new Records(blocks.first(number), block).from(position);
    return entry != null && entry.position().number() == position ? entry : null;
  }

  /** The content of a block, null where it is damaged; then the loss has been reported. */
  private byte @Nullable [] block(StorageFile opened, SegmentIndex blocks, int number)
      throws IOException {
    if (blocks.count() == 0) {
      return null;
    }
    byte[] block = readBlock(opened, blocks.offset(number), blocks.first(number));
    if (block == null) {
      long lastLost = number + 1 < blocks.count() ? blocks.first(number + 1) - 1 : last;
      losses.report(file, blocks.first(number), lastLost, "a damaged block");
    }
    return block;
  }

  private byte @Nullable [] readBlock(StorageFile opened, long offset, long firstPosition)
      throws IOException {
    Block.Head head = SegmentIndex.head(opened, offset, bytes);
    if (head == null || head.first() != firstPosition) {
      return null;
    }
    ByteBuffer block = ByteBuffer.allocate(head.bytes());
    return Bytes.readFully(opened, block, offset) && Block.isSound(block.array(), 0, head)
        ? Block.content(block.array(), 0, head)
        : null;
  }

  private SegmentIndex index(StorageFile opened) throws IOException {
    SegmentIndex known = index.get();
    if (known == null) {
      known = SegmentIndex.read(opened);
      if (known == null) {
        known = SegmentIndex.rebuild(opened, bytes, this::reportRest);
      }
      index = new SoftReference<>(known);
    }
    return known;
  }

  private void reportRest(long from) {
    losses.report(file, Math.max(from, first), last, "index and a block damaged");
  }

  private static final class BlockReader implements Reader {
    private final SealedSegment segment;
    private final StorageFile opened;
    private final SegmentIndex blocks;
    private final long from;
    private int next;
    private Records records = Records.NONE;

    BlockReader(SealedSegment segment, StorageFile opened, SegmentIndex blocks, long from) {
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
        if (next >= blocks.count()) {
          return null;
        }
        byte[] block = segment.block(opened, blocks, next);
        if (block != null) {
          records = new Records(blocks.first(next), block);
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
