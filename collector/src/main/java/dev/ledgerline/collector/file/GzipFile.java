// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A gzip file, decompressed; positions go forward cheaply, and back by beginning anew. */
final class GzipFile implements Content {
  private static final int BUFFER = 64 << 10;

  private final SeekableByteChannel file;
  private @Nullable InputStream in;
  private long position;

  GzipFile(Path path) throws IOException {
    this.file = Files.newByteChannel(path);
  }

  static boolean is(Path path) {
    return path.getFileName().toString().endsWith(".gz");
  }

  @Override
  public boolean isWhole() {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream whole = fromTheStart();
      int n = 0;
      while (n >= 0) {
        n = whole.read(buffer);
        position += Math.max(n, 0);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public int read(long at, byte[] into, int offset, int length) throws IOException {
    InputStream from = in == null || at < position ? fromTheStart() : in;
    from.skipNBytes(at - position);
    position = at;
    int n = from.readNBytes(into, offset, length);
    position += n;
    return n;
  }

  @Override
  public boolean reaches(long at) throws IOException {
    try {
      return read(at, new byte[1], 0, 1) > 0;
    } catch (EOFException e) {
      return false;
    }
  }

  @Override
  public boolean isFinal() {
    return true;
  }

  private InputStream fromTheStart() throws IOException {
    if (in != null) {
      in.close();
      in = null;
    }
    InputStream compressed =
        new BufferedInputStream(Channels.newInputStream(file.position(0)), BUFFER) {
          @Override
          public void close() {
            // the file stays open
          }
        };
    InputStream opened = new GZIPInputStream(compressed, BUFFER);
    in = opened;
    position = 0;
    return opened;
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
    }
    file.close();
  }
}
