// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.http;

import dev.ledgerline.collector.DeliveryRefusedException;

/** A body that cannot be read to its end. */
public final class BodyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient byte[] beginning;
  private final DeliveryRefusedException refusal;

  BodyException(DeliveryRefusedException refusal, byte[] beginning) {
    super(refusal.getMessage(), refusal);
    this.refusal = refusal;
    this.beginning = beginning;
  }

  public DeliveryRefusedException refusal() {
    return refusal;
  }

  /** What was read before, at most the first MiB. */
  public byte[] beginning() {
    return beginning;
  }
}
