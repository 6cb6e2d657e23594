// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.http;

import dev.ledgerline.collector.DeliveryRefusedException;

/** A body that cannot be read to its end. */
public final class BodyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient byte[] beginning;
  private final DeliveryRefusedException refusal;
  private final boolean senderGone;

  BodyException(DeliveryRefusedException refusal, byte[] beginning, boolean senderGone) {
    super(refusal.getMessage(), refusal);
    this.refusal = refusal;
    this.beginning = beginning;
    this.senderGone = senderGone;
  }

  /** The connection broke, or the call was cancelled: nobody sees the answer. */
  public boolean senderGone() {
    return senderGone;
  }

  public DeliveryRefusedException refusal() {
    return refusal;
  }

  /** What was read before, at most the first MiB. */
  public byte[] beginning() {
    return beginning;
  }
}
