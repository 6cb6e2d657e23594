// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A segment as it is written: {@link SegmentHeader}, then {@link LogRecord}s. One thread adds to
 * it; any number read what it has published.
 */
final class RawSegment implements Segment {
  static final String SUFFIX = ".log";

  /** So many records are read over at most to find one. */
  private static final int INDEX_EVERY = 64;

  private static final int INDEXING_BUFFER_BYTES = 1 << 20;

  private final Path file;
  private final long first;
  private final Storage storage;
  private final Losses losses;

  /** Place in the file of each {@value #INDEX_EVERY}th position; written before {@link #last}. */
  private volatile long[] offsets = new long[16];

  /** Written before {@link #last}. */
  private volatile long bytes = SegmentHeader.BYTES;

  private volatile long last;

  /** False for a closed segment that was there when the log was opened and was not read yet. */
  private volatile boolean indexed = true;

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

  /** Notes where a record stands; it is not published yet. */
  void note(long position, long offset) {
    long number = position - first;
    if (number % INDEX_EVERY == 0) {
      int slot = Math.toIntExact(number / INDEX_EVERY);
      long[] known = offsets;
      if (slot >= known.length) {
        known = Arrays.copyOf(known, Math.max(slot + 1, known.length * 2));
      }
      known[slot] = offset;
      offsets = known;
    }
  }

  /** Everything up to here is durable, and may be read. */
  void publish(long last, long bytes) {
    this.bytes = bytes;
    this.last = last;
  }

  /** Was written to its end by an earlier process; it is read when somebody needs to. */
  void closedBefore(long last, long bytes) {
    indexed = false;
    publish(last, bytes);
  }

  @Override
  public Reader read(long position, int bufferBytes) throws IOException {
    if (!indexed && position >= first + INDEX_EVERY) {
      index();
    }
    long from = Math.max(position, first);
    long known = Math.min(from, Math.max(last, first));
    int slot = (int) ((known - first) / INDEX_EVERY);
    // A slot is 0 where damage took the record that it belongs to.
    while (slot > 0 && (slot >= offsets.length || offsets[slot] == 0)) {
      slot--;
    }
    long offset = slot == 0 ? SegmentHeader.BYTES : offsets[slot];
    return new RawReader(
        this, storage.open(file), offset, first + (long) slot * INDEX_EVERY, from, bufferBytes);
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
            note(reader.records.position(), reader.records.recordStart());
          }
        }
        indexed = true;
      }
    } finally {
      indexing.unlock();
    }
  }

  /**
   * Copies every sound record.
   *
   * @return false if it was told to stop
   */
  boolean copyTo(SealedSegmentWriter out, int bufferBytes, BooleanSupplier stop)
      throws IOException {
    try (RawReader reader =
        new RawReader(this, storage.open(file), SegmentHeader.BYTES, first, first, bufferBytes)) {
      while (reader.advance()) {
        RecordReader records = reader.records;
        out.add(records.array(), records.recordAt(), records.recordBytes(), records.position());
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
    private final RecordReader records;
    private final long from;

    RawReader(
        RawSegment segment,
        StorageFile file,
        long offset,
        long expected,
        long from,
        int bufferBytes) {
      this.segment = segment;
      this.file = file;
      this.records = new RecordReader(file, offset, expected, bufferBytes);
      this.from = from;
    }

    @Override
    public EventLog.@Nullable LogEntry next() throws IOException {
      while (advance()) {
        if (records.position() >= from) {
          return new EventLog.LogEntry(Position.of(records.position()), records.payload());
        }
      }
      return null;
    }

    /** Goes on to the next sound record; false at the end. */
    boolean advance() throws IOException {
      while (true) {
        long last = segment.last;
        long limit = segment.bytes;
        String damage = records.next(limit);
        if (damage == null) {
          return true;
        }
        if (damage.isEmpty()) {
          if (records.expected() <= last) {
            segment.losses.report(segment.file, records.expected(), last, "the file ends");
          }
          return false;
        }
        long lost = records.expected();
        boolean found = records.findNextSound(limit);
        segment.losses.report(segment.file, lost, found ? records.expected() - 1 : last, damage);
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
