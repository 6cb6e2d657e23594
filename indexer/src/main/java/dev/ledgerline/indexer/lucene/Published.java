// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.log.Position;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The view that the next question sees. Set by the indexer's thread, taken by any. */
final class Published {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private View view;

  /** Takes over one reference to the view. */
  Published(View first) {
    this.view = first;
  }

  /** Takes over one reference to the view; the one before is released. */
  void set(View next) {
    View before;
    lock.lock();
    try {
      before = view;
      view = next;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    before.release();
  }

  Position position() {
    lock.lock();
    try {
      return view.position;
    } finally {
      lock.unlock();
    }
  }

  boolean await(Position position, Duration atMost) throws InterruptedException {
    long nanos = atMost.toNanos();
    lock.lock();
    try {
      while (view.position.compareTo(position) < 0) {
        if (nanos <= 0) {
          return false;
        }
        nanos = moved.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Opened for the caller, who releases it. */
  View open() {
    lock.lock();
    try {
      if (!view.open()) {
        throw new IllegalStateException("the run store is closed");
      }
      return view;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    view.release();
  }
}
