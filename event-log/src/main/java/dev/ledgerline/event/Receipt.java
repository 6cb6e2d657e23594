// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the records of one delivery. Everything counted as stored or duplicate is durable.
 *
 * @param position of the newest entry that the delivery led to (or, if it led to none, of the log
 *     then)
 * @param errors one for each rejected record, in order
 * @param items one for each record, in order
 */
public record Receipt(
    int received,
    int stored,
    int duplicates,
    int rejected,
    String position,
    List<ItemError> errors,
    List<Item> items) {

  /** Why the record at that index (from 0) was rejected. */
  public record ItemError(int index, Rejection rejection) {}

  /**
   * One record of the delivery.
   *
   * @param eventId of its first event, null where it was rejected
   * @param position of its entry; for a duplicate null
   */
  public record Item(
      int index, @Nullable String eventId, Status status, @Nullable String position) {}

  /** What became of a record. */
  public enum Status implements Word {
    STORED,
    DUPLICATE,
    REJECTED
  }
}
