// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The operations of a file system that the log uses, and no others: tests put one in their place
 * that fails, tears writes and forgets what was not synced.
 */
public interface Storage {
  void createDirectories(Path directory) throws IOException;

  /** The names of the files in that directory, in no order. */
  List<String> list(Path directory) throws IOException;

  /** A new, empty file; one of that name that exists is emptied. */
  StorageFile create(Path file) throws IOException;

  /**
   * A file that exists, for reading and writing.
   *
   * @throws java.nio.file.NoSuchFileException it does not
   */
  StorageFile open(Path file) throws IOException;

  /** Atomic; replaces a file of the new name. Lasts when the directory was synced. */
  void rename(Path from, Path to) throws IOException;

  /** Removes the file if it is there; who has it open may read on. */
  void delete(Path file) throws IOException;

  /** Makes the creation, renaming and deletion of files in that directory last. */
  void syncDirectory(Path directory) throws IOException;

  /**
   * Takes a lock that no other process can take until this one closes it or ends.
   *
   * @throws IOException someone else has it
   */
  AutoCloseable lock(Path file) throws IOException;

  Space space(Path directory) throws IOException;

  /** How much room a file system has. */
  record Space(long usableBytes, long totalBytes) {}
}
