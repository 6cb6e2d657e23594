// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.http;

import dev.ledgerline.collector.Admission;

/**
 * The decoded body of a request; what it takes of the {@linkplain Admission budget} is given back
 * when it is closed.
 *
 * @param bytes may be longer than the body
 * @param length of the body
 */
public record Body(byte[] bytes, int length, Admission.Hold hold) implements AutoCloseable {
  @Override
  public void close() {
    hold.close();
  }
}
