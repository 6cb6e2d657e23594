// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Storage}. */
public interface StorageFile extends AutoCloseable {
  /** Reads at most what the buffer has room for; -1 at the end of the file. */
  int read(ByteBuffer into, long at) throws IOException;

  /** Writes all of the buffer. */
  void write(ByteBuffer from, long at) throws IOException;

  long size() throws IOException;

  void truncate(long size) throws IOException;

  /** Returns when content and size are on disk. */
  void sync() throws IOException;

  @Override
  void close() throws IOException;
}
