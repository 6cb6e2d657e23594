// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What must not be interleaved: requests of one lane are numbered, decoded, identified and put into
 * the log one after the other, under its lock. Each source has a lane of its own; all senders that
 * named no source share one, as their source is found out record by record.
 *
 * <p>As ids are scoped by source, the same id is always decided in the same lane.
 */
final class Lane {
  /** Of those who named no source. */
  static final String SHARED = "";

  final String name;
  final ReentrantLock lock = new ReentrantLock();
  final DialectMemory memory;
  final Streams streams;

  Lane(String name, DialectMemory memory, Streams streams) {
    this.name = name;
    this.memory = memory;
    this.streams = streams;
  }
}
