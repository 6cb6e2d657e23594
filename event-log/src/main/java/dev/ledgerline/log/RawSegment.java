// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A segment as it is written: {@link SegmentHeader}, then {@link Block}s. One thread adds to it;
 * any number read what it has published.
 */
final class RawSegment implements Segment {
  static final String SUFFIX = ".log";

  /** A block is noted if so many records or bytes came since the last that was. */
  private static final int NOTED_EVERY_RECORDS = 64;

  private static final int NOTED_EVERY_BYTES = 8 << 10;

  /** Such blocks, on average, are not worth being put together to larger ones. */
  private static final int LARGE_BLOCK_BYTES = 8 << 10;

  private static final int INDEXING_BUFFER_BYTES = 1 << 20;

  private final Path file;
  private final long first;
  private final Storage storage;
  private final Losses losses;

  /** First position and place in the file of a block, by turns; written before {@link #noted}. */
  private volatile long[] blocks = new long[32];

  private volatile int noted;

  /** How many blocks there are; for who closes it and then seals it. */
  private int count;

  /** Written before {@link #last}. */
  private volatile long bytes = SegmentHeader.BYTES;

  private volatile long last;

  /** False for a closed segment that was there when the log was opened and was not read yet. */
  private volatile boolean indexed = true;

  /** Whether something in it could not be read. */
  private volatile boolean damaged;

  private final ReentrantLock indexing = new ReentrantLock();

  RawSegment(Path file, long first, Storage storage, Losses losses) {
    this.file = file;
    this.first = first;
    this.storage = storage;
    this.losses = losses;
    this.last = first - 1;
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

  /** Notes where a block stands that begins with that position; it is not published yet. */
  void note(long position, long offset) {
    count++;
    int at = noted * 2;
    long[] known = blocks;
    if (at > 0
        && position < known[at - 2] + NOTED_EVERY_RECORDS
        && offset < known[at - 1] + NOTED_EVERY_BYTES) {
      return;
    }
    if (at == known.length) {
      known = Arrays.copyOf(known, at * 2);
    }
    known[at] = position;
    known[at + 1] = offset;
    blocks = known;
    noted = at / 2 + 1;
  }

  /** Everything up to here is durable, and may be read. */
  void publish(long last, long bytes) {
    this.bytes = bytes;
    this.last = last;
  }

  /** Something in it cannot be read: sealing is to leave that behind. */
  void damaged() {
    damaged = true;
  }

  /** Was written to its end by an earlier process; it is read when somebody needs to. */
  void closedBefore(long last, long bytes) {
    indexed = false;
    publish(last, bytes);
  }

  @Override
  public Reader read(long position, int bufferBytes) throws IOException {
    if (!indexed && position >= first + NOTED_EVERY_RECORDS) {
      index();
    }
    int from = 0;
    int to = noted;
    long[] known = blocks;
    while (from < to) { // the first block that begins behind the position
      int middle = (from + to) >>> 1;
      if (known[middle * 2] <= position) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    long begin = from == 0 ? first : known[from * 2 - 2];
    long offset = from == 0 ? SegmentHeader.BYTES : known[from * 2 - 1];
    return new RawReader(this, storage.open(file), offset, begin, position, bufferBytes);
  }

  private void index() throws IOException {
    indexing.lock();
    try {
      if (!indexed) {
        try (RawReader reader =
            new RawReader(
                this,
                storage.open(file),
                SegmentHeader.BYTES,
                first,
                first,
                INDEXING_BUFFER_BYTES)) {
          while (reader.advance()) {
            note(reader.blocks.head().first(), reader.blocks.blockStart());
          }
        }
        indexed = true;
      }
    } finally {
      indexing.unlock();
    }
  }

  /**
   * Seals it as it is, by writing its index behind its blocks, if they are large and all of them
   * sound. With a part of the index it is what it was.
   *
   * @return whether it did; if not, its blocks are to be copied
   */
  boolean seal(long last, Instant sealedAt, int bufferBytes) throws IOException {
    if (damaged || !indexed || count == 0 || bytes / count < LARGE_BLOCK_BYTES) {
      return false;
    }
    try (StorageFile opened = storage.open(file)) {
      SegmentHeader header = SegmentHeader.read(opened);
      if (header == null) {
        return false;
      }
      SegmentIndex.Writer index = new SegmentIndex.Writer(header.mark());
      BlockReader found = new BlockReader(opened, SegmentHeader.BYTES, first, bufferBytes);
      while (found.next(bytes) == null) {
        index.add(found.head().first(), found.blockStart());
      }
      if (found.offset() != bytes || found.expected() != last + 1) {
        return false;
      }
      opened.truncate(bytes); // what a first try may have left
      index.finish(new FileAppender(opened, FileAppender.newBuffer(), bytes), last, sealedAt);
      return true;
    }
  }

  /**
   * Copies every sound block.
   *
   * @return false if it was told to stop
   */
  boolean copyTo(SealedSegmentWriter out, int bufferBytes, BooleanSupplier stop)
      throws IOException {
    try (RawReader reader =
        new RawReader(this, storage.open(file), SegmentHeader.BYTES, first, first, bufferBytes)) {
      while (reader.advance()) {
        out.add(reader.blocks);
        if (stop.getAsBoolean()) {
          return false;
        }
      }
      return true;
    }
  }

  private static final class RawReader implements Reader {
    private final RawSegment segment;
    private final StorageFile file;
    private final BlockReader blocks;
    private final long from;
    private Records records = Records.NONE;

    RawReader(
        RawSegment segment,
        StorageFile file,
        long offset,
        long expected,
        long from,
        int bufferBytes) {
      this.segment = segment;
      this.file = file;
      this.blocks = new BlockReader(file, offset, expected, bufferBytes);
      this.from = from;
    }

    @Override
    public EventLog.@Nullable LogEntry next() throws IOException {
      while (true) {
        EventLog.LogEntry entry = records.from(from);
        if (entry != null) {
          return entry;
        }
        if (!advance()) {
          return null;
        }
        Block.Head head = blocks.head();
        byte[] content = head.last() < from ? null : blocks.content();
        if (content != null) {
          records = new Records(head.first(), content);
        } else if (head.last() >= from) {
          segment.losses.report(segment.file, head.first(), head.last(), "a block of no records");
        }
      }
    }

    /** Goes on to the next sound block; false at the end. */
    boolean advance() throws IOException {
      while (true) {
        long last = segment.last;
        long limit = segment.bytes;
        String damage = blocks.next(limit);
        if (damage == null) {
          return true;
        }
        if (blocks.expected() > last) {
          return false; // behind the blocks of a closed one may stand what should have sealed it
        }
        segment.damaged();
        if (damage.isEmpty()) {
          segment.losses.report(segment.file, blocks.expected(), last, "the file ends");
          return false;
        }
        long lost = blocks.expected();
        boolean found = blocks.findNextSound(limit);
        segment.losses.report(segment.file, lost, found ? blocks.expected() - 1 : last, damage);
        if (!found) {
          return false;
        }
      }
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // closing a file that was only read
      }
    }
  }
}
