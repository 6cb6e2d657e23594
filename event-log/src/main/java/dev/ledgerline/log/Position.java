// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import org.jspecify.annotations.Nullable;

/**
 * How far into the log: the number of an entry, from 1, and the shard that it is in (always 0 in a
 * file log). {@link #START} stands before the first entry. Clients treat the text form, for example
 * {@code 0-18423}, as opaque.
 */
public record Position(int shard, long number) implements Comparable<Position> {
  public static final Position START = new Position(0, 0);

  public static Position of(long number) {
    return new Position(0, number);
  }

  /** The position of that text; {@code 0} alone is the start. Null where the text is none. */
  public static @Nullable Position parse(String text) {
    if (text.equals("0")) {
      return START;
    }
    int dash = text.indexOf('-');
    if (dash < 1 || text.length() > 32) {
      return null;
    }
    try {
      Position position =
          new Position(
              Integer.parseInt(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
      return position.shard < 0 || position.number < 0 ? null : position;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  public Position plus(long entries) {
    return new Position(shard, number + entries);
  }

  @Override
  public int compareTo(Position other) {
    return shard != other.shard
        ? Integer.compare(shard, other.shard)
        : Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return shard + "-" + number;
  }
}
