// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that counts its operations and fails on purpose. It keeps apart what
 * programs see and what a power cut would leave: content that was synced, and names whose directory
 * was synced.
 */
final class FaultStorage implements Storage {
  /** What a power cut leaves of content that was not synced. */
  enum Unsynced {
    /** None of it. */
    GONE,
    /** All of it, and all changes of names. */
    KEPT,
    /**
     * Of each file some first part, and of the last write in it some first bytes. Of the changes of
     * names some, in no order.
     */
    TORN
  }

  private record Change(long at, byte @Nullable [] bytes) {
    /** A truncation has no bytes. */
    byte[] applyTo(byte[] content) {
      if (bytes == null) {
        return Arrays.copyOf(content, Math.toIntExact(at));
      }
      int end = Math.toIntExact(at + bytes.length);
      byte[] changed = content.length < end ? Arrays.copyOf(content, end) : content.clone();
      System.arraycopy(bytes, 0, changed, Math.toIntExact(at), bytes.length);
      return changed;
    }
  }

  private static final class Content {
    byte[] seen = new byte[0];
    int length;
    byte[] synced = new byte[0];
    final List<Change> dirty = new ArrayList<>();

    void change(Change change) {
      dirty.add(change);
      if (change.bytes == null) {
        length = Math.toIntExact(change.at);
        Arrays.fill(seen, length, seen.length, (byte) 0);
        return;
      }
      int end = Math.toIntExact(change.at + change.bytes.length);
      if (seen.length < end) {
        seen = Arrays.copyOf(seen, Math.max(end, seen.length * 2));
      }
      System.arraycopy(change.bytes, 0, seen, Math.toIntExact(change.at), change.bytes.length);
      length = Math.max(length, end);
    }

    void sync() {
      for (Change change : dirty) {
        synced = change.applyTo(synced);
      }
      dirty.clear();
    }

    Content after(Unsynced unsynced, Random random) {
      byte[] left = synced;
      int kept =
          switch (unsynced) {
            case GONE -> 0;
            case KEPT -> dirty.size();
            case TORN -> random.nextInt(dirty.size() + 1);
          };
      for (Change change : dirty.subList(0, kept)) {
        left = change.applyTo(left);
      }
      if (kept < dirty.size() && unsynced == Unsynced.TORN) {
        Change torn = dirty.get(kept);
        if (torn.bytes != null) {
          byte[] part = Arrays.copyOf(torn.bytes, random.nextInt(torn.bytes.length + 1));
          left = new Change(torn.at, part).applyTo(left);
        }
      }
      Content after = new Content();
      after.seen = left.clone();
      after.length = left.length;
      after.synced = left;
      return after;
    }
  }

  private final Map<Path, Content> seen = new TreeMap<>();
  private final Map<Path, Content> lasting = new TreeMap<>();
  private final Set<Path> locks = new HashSet<>();
  private final List<String> operations = new ArrayList<>();
  private int count;
  private int openFiles;
  private int failAt = Integer.MAX_VALUE;
  private int cutAt = Integer.MAX_VALUE;
  private Space space = new Space(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2);

  /** The operation with that number, from 1, fails, once. */
  synchronized void failAt(int operation) {
    failAt = operation;
  }

  /** The power goes before the operation with that number, from 1, and stays off. */
  synchronized void cutPowerAt(int operation) {
    cutAt = operation;
  }

  /** Not the power went but the process: another one sees what was not synced, too. */
  synchronized void restartProcess() {
    cutAt = Integer.MAX_VALUE;
    locks.clear();
  }

  synchronized void setSpace(Space space) {
    this.space = space;
  }

  /** How many operations there were that change something. */
  synchronized int count() {
    return count;
  }

  synchronized int openFiles() {
    return openFiles;
  }

  synchronized List<String> operations() {
    return List.copyOf(operations);
  }

  /** What is there when the power is back. */
  synchronized FaultStorage afterPowerCut(Unsynced unsynced, Random random) {
    FaultStorage after = new FaultStorage();
    Map<Content, Content> left = new HashMap<>();
    names(unsynced, random)
        .forEach(
            (path, content) -> {
              Content kept = left.computeIfAbsent(content, dirty -> dirty.after(unsynced, random));
              after.seen.put(path, kept);
              after.lasting.put(path, kept);
            });
    return after;
  }

  private Map<Path, Content> names(Unsynced unsynced, Random random) {
    if (unsynced != Unsynced.TORN) {
      return unsynced == Unsynced.KEPT ? seen : lasting;
    }
    Set<Path> paths = new TreeSet<>(seen.keySet());
    paths.addAll(lasting.keySet());
    Map<Path, Content> names = new TreeMap<>();
    for (Path path : paths) {
      Content content = (random.nextBoolean() ? seen : lasting).get(path);
      if (content != null) {
        names.put(path, content);
      }
    }
    return names;
  }

  /** The bytes of a file, which may be changed in place behind everybody's back. */
  synchronized byte[] content(Path path) {
    Content content = seen.get(path);
    if (content == null) {
      throw new IllegalArgumentException(path.toString());
    }
    content.seen = Arrays.copyOf(content.seen, content.length);
    content.synced = content.seen;
    return content.seen;
  }

  synchronized List<Path> files() {
    return List.copyOf(seen.keySet());
  }

  private boolean fails(String operation, Path path) throws IOException {
    if (count + 1 >= cutAt) {
      throw new IOException("the power is off");
    }
    count++;
    operations.add(operation + " " + path.getFileName());
    return count == failAt;
  }

  private static IOException failure() {
    return new IOException("failed on purpose");
  }

  @Override
  public void createDirectories(Path directory) {}

  @Override
  public synchronized List<String> list(Path directory) {
    return seen.keySet().stream()
        .filter(path -> directory.equals(path.getParent()))
        .map(path -> String.valueOf(path.getFileName()))
        .toList();
  }

  @Override
  public synchronized StorageFile create(Path file) throws IOException {
    if (fails("create", file)) {
      throw failure();
    }
    Content content = new Content();
    seen.put(file, content);
    openFiles++;
    return new OpenFile(file, content);
  }

  @Override
  public synchronized StorageFile open(Path file) throws IOException {
    Content content = seen.get(file);
    if (content == null) {
      throw new NoSuchFileException(file.toString());
    }
    openFiles++;
    return new OpenFile(file, content);
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    if (fails("rename", to)) {
      throw failure();
    }
    Content content = seen.remove(from);
    if (content == null) {
      throw new FileNotFoundException(from.toString());
    }
    seen.put(to, content);
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    if (fails("delete", file)) {
      throw failure();
    }
    seen.remove(file);
  }

  @Override
  public synchronized void syncDirectory(Path directory) throws IOException {
    if (fails("syncDirectory", directory)) {
      throw failure();
    }
    lasting.clear();
    lasting.putAll(seen);
  }

  @Override
  public synchronized AutoCloseable lock(Path file) throws IOException {
    if (!locks.add(file)) {
      throw new IOException("in use");
    }
    return () -> {
      synchronized (this) {
        locks.remove(file);
      }
    };
  }

  @Override
  public synchronized Space space(Path directory) {
    return space;
  }

  private final class OpenFile implements StorageFile {
    private final Path path;
    private final Content content;
    private boolean open = true;

    OpenFile(Path path, Content content) {
      this.path = path;
      this.content = content;
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      synchronized (FaultStorage.this) {
        requireOpen();
        if (at >= content.length) {
          return -1;
        }
        int length = Math.min(into.remaining(), content.length - Math.toIntExact(at));
        into.put(content.seen, Math.toIntExact(at), length);
        return length;
      }
    }

    @Override
    public void write(ByteBuffer from, long at) throws IOException {
      synchronized (FaultStorage.this) {
        requireOpen();
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        if (count + 1 == cutAt) {
          content.change(new Change(at, bytes)); // it may be torn
        }
        if (fails("write " + bytes.length, path)) {
          content.change(new Change(at, Arrays.copyOf(bytes, bytes.length / 2)));
          throw failure();
        }
        content.change(new Change(at, bytes));
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (FaultStorage.this) {
        requireOpen();
        return content.length;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (FaultStorage.this) {
        requireOpen();
        if (fails("truncate", path)) {
          throw failure();
        }
        content.change(new Change(size, null));
      }
    }

    /** When it fails, what was dirty counts as clean from now on and is never written. */
    @Override
    public void sync() throws IOException {
      synchronized (FaultStorage.this) {
        requireOpen();
        if (fails("sync", path)) {
          content.dirty.clear();
          throw failure();
        }
        content.sync();
      }
    }

    @Override
    public void close() {
      synchronized (FaultStorage.this) {
        if (open) {
          open = false;
          openFiles--;
        }
      }
    }

    private void requireOpen() throws IOException {
      if (!open) {
        throw new IOException("closed");
      }
    }
  }
}
