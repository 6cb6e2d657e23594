// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Recent ids on disk, appended at each checkpoint: a few megabytes a time instead of all of them.
 * What counts of each file stands in the checkpoint; the rest was never finished and is
 * overwritten. Used by one thread at a time.
 *
 * <pre>
 *   ids-000000000000   high 8 | low 8 | hash 8 | high 8 | …     big endian, up to a million each
 *   ids-000000000001   …
 * </pre>
 */
final class IdJournal {
  private static final String PREFIX = "ids-";
  private static final int ID_BYTES = 24;
  private static final int BUFFER_IDS = 1 << 15;

  private final Path folder;
  private final long idsPerFile;
  private final long capacity;
  private final List<Part> parts = new ArrayList<>();

  /** A file and how many ids of it count. */
  record Part(long number, long ids) {}

  /**
   * An empty journal.
   *
   * @param capacity how many ids must be there at least; files beyond that are deleted
   */
  IdJournal(Path folder, long capacity) {
    this.folder = folder;
    this.capacity = capacity;
    this.idsPerFile = Math.max(1, Math.min(1_000_000, capacity / 4));
  }

  /** What a checkpoint must name. */
  List<Part> parts() {
    return List.copyOf(parts);
  }

  /** Reads the ids of a checkpoint, oldest first. */
  void load(List<Part> named, RecentIds.Sink sink) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_IDS * ID_BYTES);
    for (Part part : named) {
      try (FileChannel file = FileChannel.open(path(part.number), StandardOpenOption.READ)) {
        long left = part.ids * ID_BYTES;
        if (file.size() < left) {
          throw new IOException(path(part.number) + " was cut off");
        }
        while (left > 0) {
          buffer.clear().limit((int) Math.min(left, buffer.capacity()));
          while (buffer.hasRemaining()) {
            if (file.read(buffer) < 0) {
              throw new IOException(path(part.number) + " was cut off");
            }
          }
          left -= buffer.position();
          buffer.flip();
          while (buffer.hasRemaining()) {
            sink.id(buffer.getLong(), buffer.getLong(), buffer.getLong());
          }
        }
      }
    }
    parts.clear();
    parts.addAll(named);
  }

  /** Appends and syncs; {@code ids} is three numbers for each. */
  void append(long[] ids, int count) throws IOException {
    int done = 0;
    while (done < count) {
      if (parts.isEmpty() || parts.getLast().ids >= idsPerFile) {
        parts.add(new Part(parts.isEmpty() ? 0 : parts.getLast().number + 1, 0));
      }
      Part part = parts.getLast();
      int now = (int) Math.min(count - done, idsPerFile - part.ids);
      try (FileChannel file =
          FileChannel.open(
              path(part.number), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        file.position(part.ids * ID_BYTES);
        write(file, ids, done, now);
        file.force(true);
      }
      parts.set(parts.size() - 1, new Part(part.number, part.ids + now));
      done += now;
    }
  }

  private static void write(FileChannel file, long[] ids, int from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.min(count, BUFFER_IDS) * ID_BYTES);
    for (int i = from; i < from + count; i++) {
      buffer.putLong(ids[3 * i]).putLong(ids[3 * i + 1]).putLong(ids[3 * i + 2]);
      if (!buffer.hasRemaining() || i == from + count - 1) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          file.write(buffer);
        }
        buffer.clear();
      }
    }
  }

  /**
   * Leaves out the oldest files as long as enough is left; see {@link #deleteOthers}.
   *
   * @return whether any was left out
   */
  boolean trim() {
    boolean trimmed = false;
    long ids = parts.stream().mapToLong(Part::ids).sum();
    while (!parts.isEmpty() && ids - parts.getFirst().ids >= capacity) {
      ids -= parts.removeFirst().ids;
      trimmed = true;
    }
    return trimmed;
  }

  /** Deletes the files that no part names, once the checkpoint that did is replaced. */
  void deleteOthers() throws IOException {
    List<String> named =
        parts.stream().map(part -> path(part.number).getFileName().toString()).toList();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(PREFIX) && !named.contains(name)) {
          Files.delete(file);
        }
      }
    }
  }

  private Path path(long number) {
    return folder.resolve(String.format(java.util.Locale.ROOT, PREFIX + "%012d", number));
  }
}
