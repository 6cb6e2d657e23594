// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file as it is. */
final class PlainFile implements Content {
  private final FileChannel channel;

  PlainFile(Path path) throws IOException {
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  @Override
  public int read(long at, byte[] into, int offset, int length) throws IOException {
    int read = 0;
    while (read < length) {
      int n = channel.read(ByteBuffer.wrap(into, offset + read, length - read), at + read);
      if (n <= 0) {
        break;
      }
      read += n;
    }
    return read;
  }

  @Override
  public boolean reaches(long at) throws IOException {
    return channel.size() > at;
  }

  @Override
  public boolean isFinal() {
    return false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
