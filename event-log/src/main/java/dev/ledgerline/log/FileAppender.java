// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Gathers what is appended to a file into few large writes. For one thread at a time. */
final class FileAppender implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final StorageFile file;
  private final ByteBuffer buffer;
  private long written;

  /**
   * @param buffer is reused from file to file; see {@link #newBuffer}
   * @param at where the file ends
   */
  FileAppender(StorageFile file, ByteBuffer buffer, long at) {
    this.file = file;
    this.buffer = buffer.clear();
    this.written = at;
  }

  static ByteBuffer newBuffer() {
    return ByteBuffer.allocateDirect(BUFFER_BYTES);
  }

  /** How long the file is, with what has not been written yet. */
  long size() {
    return written + buffer.position();
  }

  void append(byte[] bytes, int from, int length) throws IOException {
    int at = from;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, buffer.remaining());
      buffer.put(bytes, at, part);
      at += part;
      left -= part;
      if (!buffer.hasRemaining()) {
        flush();
      }
    }
  }

  void flush() throws IOException {
    if (buffer.position() > 0) {
      int length = buffer.flip().remaining();
      file.write(buffer, written);
      written += length;
      buffer.clear();
    }
  }

  void sync() throws IOException {
    flush();
    file.sync();
  }

  void truncate(long size) throws IOException {
    file.truncate(size);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
