// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The blocks of sealed segments that were read last, decompressed, up to a number of bytes. */
final class BlockCache {
  private record Key(SealedSegment segment, int block) {}

  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, byte[]> blocks = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  BlockCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  byte @Nullable [] get(SealedSegment segment, int block) {
    lock.lock();
    try {
      return blocks.get(new Key(segment, block));
    } finally {
      lock.unlock();
    }
  }

  void put(SealedSegment segment, int block, byte[] content) {
    lock.lock();
    try {
      byte[] before = blocks.put(new Key(segment, block), content);
      bytes += content.length - (before == null ? 0 : before.length);
      var oldest = blocks.values().iterator();
      while (bytes > bytesMax && oldest.hasNext()) {
        bytes -= oldest.next().length;
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }
}
