// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.util.List;

/** Records that follow each other in one log, ready to be sent. */
public final class Batch {
  private final FollowedLog log;
  private final TrackedFile file;
  private final Place after;
  private final String stream;
  private final long first;
  private final List<byte[]> records;

  Batch(
      FollowedLog log,
      TrackedFile file,
      Place after,
      String stream,
      long first,
      List<byte[]> records) {
    this.log = log;
    this.file = file;
    this.after = after;
    this.stream = stream;
    this.first = first;
    this.records = List.copyOf(records);
  }

  /** The name of their sequence. */
  public String stream() {
    return stream;
  }

  /** The number of the first of them in its stream. */
  public long first() {
    return first;
  }

  /** In order; none is blank, and none has a line break. */
  public List<byte[]> records() {
    return records;
  }

  /** What its log is called, for people. */
  public String log() {
    return log.name();
  }

  FollowedLog of() {
    return log;
  }

  TrackedFile file() {
    return file;
  }

  /** Where its file has been read to when all of it is acknowledged. */
  Place after() {
    return after;
  }
}
