// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;

/** The content of a file by position, as long as it is open whatever its name. */
sealed interface Content extends AutoCloseable permits PlainFile, GzipFile {
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

  @Override
  void close() throws IOException;
}
