// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a folder holds when a log is opened, and puts in order what the last process left
 * unfinished. Doing it twice, or being killed in between, makes no difference.
 *
 * <ol>
 *   <li>Unfinished files go. A raw segment whose sealed form is there goes.
 *   <li>The last raw segment is read whole. What no sound block follows at its end is cut: it was
 *       being written. What a sound block follows is a loss, reported with its positions; the rest
 *       stays readable.
 *   <li>All others had been synced whole. They are checked when they are read, raw ones soon: they
 *       wait for being sealed.
 * </ol>
 */
final class LogFolder {
  private static final Logger LOG = LoggerFactory.getLogger(LogFolder.class);
  private static final Pattern NAME =
      Pattern.compile("(\\d{20})(" + RawSegment.SUFFIX + "|" + SealedSegment.SUFFIX + ")");
  private static final int READ_BYTES = 1 << 20;

  private final Path directory;
  private final FileLogOptions options;
  private final Storage storage;
  private final Losses losses;
  private final BlockCache cache;
  private final ConcurrentNavigableMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
  private final List<Recovery.Cut> cuts = new ArrayList<>();
  private @Nullable UUID id;

  LogFolder(
      Path directory, FileLogOptions options, Storage storage, Losses losses, BlockCache cache) {
    this.directory = directory;
    this.options = options;
    this.storage = storage;
    this.losses = losses;
    this.cache = cache;
  }

  void recover() throws IOException {
    TreeSet<Long> raw = new TreeSet<>();
    TreeSet<Long> sealed = new TreeSet<>();
    for (String name : storage.list(directory)) {
      Matcher matcher = NAME.matcher(name);
      if (name.endsWith(FileLog.UNFINISHED)) {
        storage.delete(directory.resolve(name));
      } else if (matcher.matches()) {
        (matcher.group(2).equals(RawSegment.SUFFIX) ? raw : sealed)
            .add(Long.parseLong(matcher.group(1)));
      }
    }
    storage.syncDirectory(directory); // what is seen now must not be undone by a power cut
    TreeMap<Long, Boolean> files = new TreeMap<>();
    raw.forEach(first -> files.put(first, false));
    sealed.forEach(first -> files.put(first, true));
    for (Map.Entry<Long, Boolean> file : files.entrySet()) {
      long first = file.getKey();
      Long next = files.higherKey(first);
      boolean both = raw.contains(first) && sealed.contains(first);
      Path sealedFile = directory.resolve(Segment.name(first, true));
      Path rawFile = directory.resolve(Segment.name(first, false));
      if (both ? finishSealing(first) : file.getValue()) {
        openSealed(sealedFile, first, next);
      } else if (next != null && isSealed(rawFile)) {
        openSealed(rawFile, first, next);
      } else {
        openRaw(rawFile, first, next);
      }
    }
    reportMissing();
  }

  /** Which log it is; a new one where the folder was empty. */
  UUID id() {
    UUID known = id;
    if (known == null) {
      if (!segments.isEmpty()) {
        LOG.error("no segment of {} tells which log it is; it gets a new id", directory);
      }
      known = UUID.randomUUID();
      id = known;
    }
    return known;
  }

  ConcurrentNavigableMap<Long, Segment> segments() {
    return segments;
  }

  List<Recovery.Cut> cuts() {
    return cuts;
  }

  long last() {
    Map.Entry<Long, Segment> last = segments.lastEntry();
    return last == null ? 0 : last.getValue().last();
  }

  /** Both forms are there: true if the sealed one is whole and the raw one could go. */
  private boolean finishSealing(long first) throws IOException {
    Path sealed = directory.resolve(Segment.name(first, true));
    boolean whole = isSealed(sealed);
    storage.delete(whole ? directory.resolve(Segment.name(first, false)) : sealed);
    storage.syncDirectory(directory);
    return whole;
  }

  private boolean isSealed(Path file) throws IOException {
    try (StorageFile opened = storage.open(file)) {
      return header(file, opened) != null && SealedSegment.hasFooter(opened);
    }
  }

  private void openSealed(Path file, long first, @Nullable Long next) throws IOException {
    try (StorageFile opened = storage.open(file)) {
      checkHeader(file, opened, first);
    }
    SealedSegment segment = openSealed(file, first, next == null ? Long.MAX_VALUE - 1 : next - 1);
    if (segment.last() == Long.MAX_VALUE - 1) {
      segment = openSealed(file, first, lastReadable(segment));
    }
    segments.put(first, segment);
  }

  private SealedSegment openSealed(Path file, long first, long lastIfUnknown) throws IOException {
    return SealedSegment.open(
        file, first, lastIfUnknown, options.clock().instant(), storage, losses, cache);
  }

  /** Of the last file, whose own end is damaged. */
  private static long lastReadable(SealedSegment segment) throws IOException {
    long last = segment.first() - 1;
    try (Segment.Reader reader = segment.read(segment.first(), READ_BYTES)) {
      for (EventLog.LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
        last = entry.position().number();
      }
    }
    return last;
  }

  private void openRaw(Path file, long first, @Nullable Long next) throws IOException {
    RawSegment segment = new RawSegment(file, first, storage, losses);
    try (StorageFile opened = storage.open(file)) {
      checkHeader(file, opened, first);
      long limit = opened.size();
      if (next != null) {
        segment.closedBefore(next - 1, Math.max(limit, SegmentHeader.BYTES));
        segments.put(first, segment);
        return;
      }
      long end = Math.min(limit, SegmentHeader.BYTES);
      long last = first - 1;
      BlockReader blocks = new BlockReader(opened, end, first, READ_BYTES);
      String damage = "the file ends within its header";
      if (end == SegmentHeader.BYTES) {
        for (damage = blocks.next(limit);
            damage == null || goesOn(segment, blocks, damage, limit);
            damage = blocks.next(limit)) {
          if (damage == null) {
            segment.note(blocks.head().first(), blocks.blockStart());
            last = blocks.head().last();
            end = blocks.offset();
          }
        }
      }
      segment.publish(last, end);
      if (!damage.isEmpty()) {
        cut(file, opened, last, end, damage);
      }
      opened.sync(); // readers must not see what a power cut could take back
    }
    segments.put(first, segment);
  }

  /** Behind damage: whether sound blocks follow; then what is between is lost. */
  private boolean goesOn(RawSegment segment, BlockReader blocks, String damage, long limit)
      throws IOException {
    if (damage.isEmpty()) {
      return false;
    }
    long lost = blocks.expected();
    if (!blocks.findNextSound(limit)) {
      return false;
    }
    segment.damaged();
    losses.report(segment.file(), lost, blocks.expected() - 1, damage);
    return true;
  }

  private void cut(Path file, StorageFile opened, long last, long end, String reason)
      throws IOException {
    Recovery.Cut cut =
        new Recovery.Cut(
            String.valueOf(file.getFileName()), Position.of(last), opened.size() - end, reason);
    opened.truncate(end);
    opened.sync();
    cuts.add(cut);
    LOG.warn(
        "unfinished end cut off: file={} last={} bytes={} reason={}",
        file,
        last,
        cut.bytes(),
        reason);
  }

  private static @Nullable SegmentHeader header(Path file, StorageFile opened) throws IOException {
    try {
      return SegmentHeader.read(opened);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private void checkHeader(Path file, StorageFile opened, long first) throws IOException {
    SegmentHeader header = header(file, opened);
    if (header == null) {
      LOG.error("the header of {} is damaged; its entries are read by its name", file);
      return;
    }
    UUID known = id;
    if (known != null && !known.equals(header.log())) {
      throw new IOException(
          file + " belongs to log " + header.log() + ", the segments before it to log " + known);
    }
    if (header.first() != first) {
      throw new IOException(file + " is misnamed: it starts with position " + header.first());
    }
    id = header.log();
  }

  private void reportMissing() {
    long expected = Long.MAX_VALUE;
    for (Segment segment : segments.values()) {
      if (segment.first() > expected) {
        losses.reportMissing(expected, segment.first() - 1);
      }
      expected = segment.last() + 1;
    }
  }
}
