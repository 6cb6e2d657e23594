// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How far the log is on disk. The writer moves it; anybody waits for it. */
final class DurableEnd {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile long end;
  private volatile @Nullable Throwable failure;

  DurableEnd(long end) {
    this.end = end;
  }

  long get() {
    return end;
  }

  void advance(long to) {
    lock.lock();
    try {
      end = to;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** It will not move any more. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      }
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns if the log can still be written. */
  void throwIfFailed() throws LogFailedException {
    Throwable cause = failure;
    if (cause != null) {
      throw new LogFailedException("the log takes nothing more: " + cause.getMessage(), cause);
    }
  }

  void await(long position) throws LogFailedException, InterruptedException {
    if (end >= position) {
      return;
    }
    lock.lockInterruptibly();
    try {
      while (end < position) {
        throwIfFailed();
        moved.await();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean awaitBeyond(long position, Duration atMost) throws InterruptedException {
    if (end > position) {
      return true;
    }
    long left = TimeUnit.NANOSECONDS.convert(atMost);
    lock.lockInterruptibly();
    try {
      while (end <= position) {
        if (left <= 0) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
