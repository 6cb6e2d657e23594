// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found to be damaged. Each loss is told once, and the damaged file is copied aside for
 * whoever wants to look.
 */
final class Losses {
  private static final Logger LOG = LoggerFactory.getLogger(Losses.class);

  /** Beyond this a disk is dying and more lines say nothing new; the file copies say the rest. */
  private static final int MOST = 10_000;

  private static final int COPY_BYTES = 1 << 20;

  private final Storage storage;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Recovery.Loss> losses = new ArrayList<>();

  Losses(Storage storage) {
    this.storage = storage;
  }

  /** Those positions of that file cannot be read any more. */
  void report(Path file, long first, long last, String reason) {
    if (add(first, last, String.valueOf(file.getFileName()), reason)) {
      keepCopy(file);
    }
  }

  /** No file holds those positions. */
  void reportMissing(long first, long last) {
    add(first, last, Segment.name(first, true), "no file holds them");
  }

  private boolean add(long first, long last, String file, String reason) {
    Recovery.Loss loss = new Recovery.Loss(Position.of(first), Position.of(last), file, reason);
    lock.lock();
    try {
      if (losses.contains(loss) || losses.size() >= MOST) {
        return false;
      }
      losses.add(loss);
    } finally {
      lock.unlock();
    }
    LOG.error("entries lost: first={} last={} file={} reason={}", first, last, file, reason);
    return true;
  }

  List<Recovery.Loss> all() {
    lock.lock();
    try {
      return List.copyOf(losses);
    } finally {
      lock.unlock();
    }
  }

  private void keepCopy(Path file) {
    Path copy = file.resolveSibling(file.getFileName() + ".damaged");
    Path unfinished = file.resolveSibling(copy.getFileName() + FileLog.UNFINISHED);
    lock.lock();
    try {
      Path directory = FileLog.directory(file);
      if (storage.list(directory).contains(String.valueOf(copy.getFileName()))) {
        return;
      }
      try (StorageFile from = storage.open(file);
          StorageFile to = storage.create(unfinished)) {
        ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
        long at = 0;
        while (from.read(buffer.clear(), at) > 0) {
          buffer.flip();
          int length = buffer.remaining();
          to.write(buffer, at);
          at += length;
        }
        to.sync();
      }
      storage.rename(unfinished, copy);
      storage.syncDirectory(directory);
    } catch (IOException e) {
      LOG.warn("could not keep a copy of the damaged file {}", file, e);
    } finally {
      lock.unlock();
    }
  }
}
