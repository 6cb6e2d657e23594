// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.util.List;

/**
 * The way into the log for whoever has split a delivery into records already; the collector
 * implements it.
 */
public interface Intake {
  /**
   * Stores the records and returns when they are durable. Records that cannot be stored are named
   * in the receipt and kept in quarantine; the others are not held up by them.
   *
   * @param dialect the name of the dialect that reads them
   * @param records UTF-8 JSON, one record each
   * @throws IntakeUnavailableException nothing was stored; the sender should try again later
   */
  Receipt take(String dialect, List<byte[]> records, Context context)
      throws IntakeUnavailableException, InterruptedException;
}
