// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A gzip file, decompressed; positions go forward cheaply, and back by beginning anew. */
final class GzipFile implements Content {
  private static final int BUFFER = 64 << 10;

  private final Path path;
  private @Nullable InputStream in;
  private long position;

  GzipFile(Path path) {
    this.path = path;
  }

  static boolean is(Path path) {
    return path.getFileName().toString().endsWith(".gz");
  }

  /** Whether it can be read to its end; half of one is still being written. */
  boolean isWhole() {
    byte[] buffer = new byte[BUFFER];
    try (InputStream whole = open()) {
      while (whole.read(buffer) >= 0) {
        // only whether it fails
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public int read(long at, byte[] into, int offset, int length) throws IOException {
    InputStream from = in == null || at < position ? reopen() : in;
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
    } catch (java.io.EOFException e) {
      return false;
    }
  }

  @Override
  public boolean isFinal() {
    return true;
  }

  private InputStream reopen() throws IOException {
    close();
    InputStream opened = open();
    in = opened;
    position = 0;
    return opened;
  }

  private InputStream open() throws IOException {
    InputStream file = new BufferedInputStream(Files.newInputStream(path), BUFFER);
    return new GZIPInputStream(file, BUFFER);
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
      in = null;
    }
  }
}
