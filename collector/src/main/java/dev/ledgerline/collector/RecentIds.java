// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.EventId;
import java.util.Arrays;

/**
 * The ids of the last so many records with a hash of their content: what was sent again is
 * recognised before it is appended. First in, first out; small while there are few; safe for use by
 * many threads.
 *
 * <p>Sharded by id, each shard with a lock of its own:
 *
 * <pre>
 *   table   open addressing, linear probing: place in the ring + 1, or 0
 *   ring    high, low, hash | high, low, hash | …      in order of arrival; the newest overwrites
 *                                                      the oldest once it is full
 * </pre>
 *
 * 24 bytes in the ring and 6 to 12 in the table for each id.
 */
final class RecentIds {
  /** What is known of an id. */
  enum Decision {
    NEW,
    /** The same content was stored under it. */
    DUPLICATE,
    /** Other content was stored under it. */
    CONFLICT
  }

  private static final int SHARDS = 64;

  /** Shards fill unevenly; with this much more each, all together never hold less than asked. */
  private static final double UNEVENNESS = 1.03;

  private final Shard[] shards = new Shard[SHARDS];
  private volatile boolean forgetful;

  /**
   * Remembers nothing yet.
   *
   * @param capacity the least number of ids that are remembered
   */
  RecentIds(int capacity) {
    int each = (int) Math.ceil((double) capacity / SHARDS * UNEVENNESS) + SHARDS;
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard(each);
    }
  }

  Decision decide(EventId id, long hash) {
    return shard(id.high()).decide(id.high(), id.low(), hash);
  }

  /** Remembers the id; one that is known keeps its place and content. */
  void add(EventId id, long hash) {
    add(id.high(), id.low(), hash);
  }

  void add(long high, long low, long hash) {
    if (shard(high).add(high, low, hash)) {
      forgetful = true;
    }
  }

  /** Older ids than are remembered were stored once: a new id may be an old one. */
  boolean full() {
    return forgetful;
  }

  /** Tells that older ids were stored which this never knew. */
  void forgetful() {
    forgetful = true;
  }

  long size() {
    long size = 0;
    for (Shard shard : shards) {
      size += shard.size();
    }
    return size;
  }

  /** Takes what was added since the last call; the order within a shard is kept. */
  void drain(Sink sink) {
    for (Shard shard : shards) {
      shard.drain(sink);
    }
  }

  /** Where drained ids go. */
  interface Sink {
    void id(long high, long low, long hash);
  }

  /** Everything is known to the checkpoint already. */
  void drained() {
    drain((high, low, hash) -> {});
  }

  private Shard shard(long high) {
    return shards[(int) (high >>> 58)];
  }

  private static final class Shard {
    private static final int WORDS = 3;
    private static final int FIRST_IDS = 16;

    private final int most;
    private long[] ring = new long[0];
    private int[] table = new int[0];
    private int size;

    /** The place in the ring that is written next. */
    private int next;

    private int sinceDrain;

    Shard(int most) {
      this.most = most;
    }

    synchronized int size() {
      return size;
    }

    synchronized Decision decide(long high, long low, long hash) {
      int at = size == 0 ? -1 : find(high, low);
      if (at < 0 || table[at] == 0) {
        return Decision.NEW;
      }
      return ring[(table[at] - 1) * WORDS + 2] == hash ? Decision.DUPLICATE : Decision.CONFLICT;
    }

    /** Whether an older one had to go for it. */
    synchronized boolean add(long high, long low, long hash) {
      boolean evicts = size == most;
      if (!evicts && size == ring.length / WORDS) {
        grow();
      }
      if (table[find(high, low)] != 0) {
        return false;
      }
      if (evicts) {
        forget(next);
      } else {
        size++;
      }
      ring[next * WORDS] = high;
      ring[next * WORDS + 1] = low;
      ring[next * WORDS + 2] = hash;
      table[find(high, low)] = next + 1;
      next = next + 1 == most ? 0 : next + 1;
      sinceDrain = Math.min(sinceDrain + 1, most);
      return evicts;
    }

    synchronized void drain(Sink sink) {
      int place = next - sinceDrain;
      for (int i = 0; i < sinceDrain; i++, place++) {
        int at = (place < 0 ? place + most : place) * WORDS;
        sink.id(ring[at], ring[at + 1], ring[at + 2]);
      }
      sinceDrain = 0;
    }

    /** The place in the table that has the id, or the free one that it would get. */
    private int find(long high, long low) {
      int mask = table.length - 1;
      int at = home(low, mask);
      while (table[at] != 0) {
        int in = (table[at] - 1) * WORDS;
        if (ring[in] == high && ring[in + 1] == low) {
          return at;
        }
        at = (at + 1) & mask;
      }
      return at;
    }

    private static int home(long low, int mask) {
      return (int) (low ^ (low >>> 32)) & mask;
    }

    /** Takes the id at that place of the ring out of the table and closes the gap. */
    private void forget(int place) {
      int mask = table.length - 1;
      int gap = find(ring[place * WORDS], ring[place * WORDS + 1]);
      int at = gap;
      while (true) {
        at = (at + 1) & mask;
        if (table[at] == 0) {
          break;
        }
        int home = home(ring[(table[at] - 1) * WORDS + 1], mask);
        boolean reachable = gap <= at ? gap < home && home <= at : gap < home || home <= at;
        if (!reachable) {
          table[gap] = table[at];
          gap = at;
        }
      }
      table[gap] = 0;
    }

    private void grow() {
      int places = Math.min(most, Math.max(FIRST_IDS, size * 2));
      ring = Arrays.copyOf(ring, places * WORDS);
      table = new int[Integer.highestOneBit(places + places / 2) * 2]; // two thirds full at most
      for (int place = 0; place < size; place++) {
        table[find(ring[place * WORDS], ring[place * WORDS + 1])] = place + 1;
      }
    }
  }
}
