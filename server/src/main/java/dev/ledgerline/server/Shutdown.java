// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be closed, last opened first: when the process is told to stop, or when it has done
 * what it should.
 */
final class Shutdown {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  Shutdown() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "shutdown"));
  }

  synchronized void atEnd(AutoCloseable closeable) {
    open.push(closeable);
  }

  /** Closes everything; false if something could not be closed well. */
  synchronized boolean now() {
    boolean well = true;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        log.error("could not close well", e);
        well = false;
      }
    }
    return well;
  }

  /** A JVM that a signal ends says 128 + the signal; being told to stop is no failure. */
  private void onSignal() {
    if (!isEmpty()) {
      boolean well = now();
      Runtime.getRuntime().halt(well ? 0 : 1);
    }
  }

  private synchronized boolean isEmpty() {
    return open.isEmpty();
  }
}
