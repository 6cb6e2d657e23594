// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What stood under a name when it was looked at.
 *
 * @param key device and inode where the platform has them, else empty
 */
record Seen(Path path, String key, long size, FileTime modified) {
  /** Null where there is no file of that name. */
  static @Nullable Seen at(Path path) {
    try {
      BasicFileAttributes read = Files.readAttributes(path, BasicFileAttributes.class);
      String key = read.fileKey() == null ? "" : read.fileKey().toString();
      return read.isRegularFile()
          ? new Seen(path, key, read.size(), read.lastModifiedTime())
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  long modifiedMillis() {
    return modified.toMillis();
  }

  /** Whether nothing happened to the file but that it grew, and it was not empty. */
  boolean grewTo(Seen later) {
    return path.equals(later.path)
        && key.equals(later.key)
        && size <= later.size
        && (size > 0 || later.size == 0);
  }
}
