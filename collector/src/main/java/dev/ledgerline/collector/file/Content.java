// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The content of a file by position, as long as it is open whatever its name. */
sealed interface Content extends AutoCloseable permits PlainFile, GzipFile {
  static Content open(Path path) throws IOException {
    return GzipFile.is(path) ? new GzipFile(path) : new PlainFile(path);
  }

  /** Null where what was read of a file does not stand under that name. */
  static @Nullable Content openWith(Place place, Path path) {
    try {
      Content content = open(path);
      if (content.has(place)) {
        return content;
      }
      content.close();
    } catch (IOException e) {
      // it is not there
    }
    return null;
  }

  /** Whether what was read of a file stands in this. */
  default boolean has(Place place) {
    try {
      return place.standsIn(this);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Reads as much as there is from that position on, at most {@code length} bytes.
   *
   * @return how many, 0 at the end
   */
  int read(long at, byte[] into, int offset, int length) throws IOException;

  /** Whether there is something behind that position. */
  boolean reaches(long at) throws IOException;

  /** Nothing will be added to it. */
  boolean isFinal();

  /** Whether it can be read to its end; half of a compressed file is still being written. */
  boolean isWhole();

  @Override
  void close() throws IOException;
}
