// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.otel.Signal;

/** Carries requests to a target. Used by one thread. */
interface Transport extends AutoCloseable {
  /** Sends one request and waits for the answer; no answer at all is {@link Answer.Busy}. */
  Answer send(Signal signal, Request request) throws InterruptedException;

  @Override
  void close();
}
