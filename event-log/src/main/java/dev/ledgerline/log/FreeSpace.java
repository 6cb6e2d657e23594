// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says no while the disk is nearly full, well before it is: what was accepted must find room, and
 * so must the sealing of a segment.
 */
final class FreeSpace {
  private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);

  /** At full speed some 100 MB are written meanwhile; the reserve is ten times that. */
  private static final long CHECK_EVERY_NANOS = Duration.ofMillis(100).toNanos();

  private final Path directory;
  private final Storage storage;
  private final FileLogOptions options;
  private final ReentrantLock checking = new ReentrantLock();
  private volatile long checkedAt;
  private volatile String refusal = "";

  FreeSpace(Path directory, Storage storage, FileLogOptions options) {
    this.directory = directory;
    this.storage = storage;
    this.options = options;
    check();
  }

  /** Throws while there is too little room. */
  void require() throws LogFullException {
    if (System.nanoTime() - checkedAt > CHECK_EVERY_NANOS && checking.tryLock()) {
      try {
        check();
      } finally {
        checking.unlock();
      }
    }
    String why = refusal;
    if (!why.isEmpty()) {
      throw new LogFullException(why);
    }
  }

  /** Looks now; called too when a segment is begun or files were deleted. */
  void check() {
    try {
      Storage.Space space = storage.space(directory);
      long needed =
          Math.max(
              options.minFreeBytes(),
              (long) (space.totalBytes() * (1 - options.maxUsedFraction())));
      boolean wasFull = !refusal.isEmpty();
      boolean full = space.usableBytes() < needed;
      refusal =
          full
              ? "the disk is nearly full: "
                  + space.usableBytes()
                  + " bytes free, "
                  + needed
                  + " are kept free"
              : "";
      if (full && !wasFull) {
        LOG.error("taking nothing more, {}", refusal);
      } else if (wasFull && !full) {
        LOG.info("the disk has room again, bytesFree={}", space.usableBytes());
      }
    } catch (IOException e) {
      LOG.warn("could not ask how much room the disk has", e); // a write will find out
    }
    checkedAt = System.nanoTime();
  }
}
