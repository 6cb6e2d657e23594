// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Whole reads from files. */
final class Bytes {
  private Bytes() {}

  /** Fills the buffer from that place of the file; false where the file ends before. */
  static boolean readFully(StorageFile file, ByteBuffer into, long at) throws IOException {
    long from = at;
    while (into.hasRemaining()) {
      int read = file.read(into, from);
      if (read < 0) {
        return false;
      }
      from += read;
    }
    return true;
  }
}
