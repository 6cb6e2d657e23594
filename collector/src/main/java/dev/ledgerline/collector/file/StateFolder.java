// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where cursors are kept: a folder with a small file for each log, written whole and synced before
 * it takes its name, and a lock, because two who send the same log under the same numbers would
 * undo each other.
 */
public final class StateFolder implements AutoCloseable {
  /** Cursors of logs that are gone are kept so long, in case a disk was only not mounted. */
  private static final Duration KEPT = Duration.ofDays(30);

  private final Path folder;
  private final FileChannel lockFile;

  private StateFolder(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  /**
   * Opens the folder, and makes it where it is missing.
   *
   * @return null where another process has it
   */
  public static @Nullable StateFolder open(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path lock = folder.resolve("lock");
    FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      held = null; // somebody else in this process
    }
    if (held == null) {
      channel.close();
      return null;
    }
    channel.write(ByteBuffer.wrap(new byte[] {'\n'}), 0); // its time is now
    StateFolder opened = new StateFolder(folder, channel);
    opened.forgetTheGone(Files.getLastModifiedTime(lock).toInstant().minus(KEPT));
    return opened;
  }

  private void forgetTheGone(Instant before) throws IOException {
    try (DirectoryStream<Path> cursors = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : cursors) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(before)
            && !Files.exists(Path.of(Cursor.ofJson(Files.readAllBytes(file)).log()))) {
          Files.delete(file);
        }
      }
    }
  }

  /** Whether there is a cursor of that name. */
  boolean has(String name) {
    return Files.exists(folder.resolve(name + ".json"));
  }

  /** The cursor of that name, null where there is none. */
  @Nullable Cursor load(String name) throws IOException {
    Path file = folder.resolve(name + ".json");
    try {
      return Cursor.ofJson(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** When this returns, the cursor survives a power cut. */
  void save(String name, Cursor cursor) throws IOException {
    Path written = folder.resolve(name + ".tmp");
    try (FileChannel out =
        FileChannel.open(
            written,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(cursor.toJson());
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Path file = folder.resolve(name + ".json");
    try {
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
    }
    syncFolder();
  }

  private void syncFolder() {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows has no folders to sync
    }
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
