// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file as it is. */
final class PlainFile implements Content {
  private final SeekableByteChannel channel;

  PlainFile(Path path) throws IOException {
    this.channel = Files.newByteChannel(path);
  }

  @Override
  public int read(long at, byte[] into, int offset, int length) throws IOException {
    int read = 0;
    while (read < length) {
      int n = channel.position(at + read).read(ByteBuffer.wrap(into, offset + read, length - read));
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
  public boolean isWhole() {
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
