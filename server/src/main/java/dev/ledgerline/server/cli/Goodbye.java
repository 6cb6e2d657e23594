// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command that runs until Ctrl-C or SIGTERM end in order: it is told, and what it then
 * returns is the exit code of the process.
 */
final class Goodbye {
  /** So long the process waits for the command. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onSignal, "goodbye");
  private volatile boolean told;
  private volatile int exitCode = Failure.FINDING;

  Goodbye() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  boolean isTold() {
    return told;
  }

  /** The command is over; nothing is open any more. */
  void ended(int exitCode) {
    this.exitCode = exitCode;
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it is running
    }
  }

  /** A JVM that a signal ends says 128 + the signal; being told to stop is no failure. */
  private void onSignal() {
    told = true;
    try {
      if (ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
