// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a {@link FileLog}.
 *
 * @param segmentBytes a segment is closed before it grows beyond this; a larger batch has one of
 *     its own. Larger ones mean longer recovery and coarser retention, smaller ones more files
 * @param queueBytes what may wait for the writer; appends block beyond it. The writer holds as much
 *     again while it writes
 * @param blockBytes how much is compressed, and read back, in one piece
 * @param blockCacheBytes decompressed blocks that are kept for {@link FileLog#get}
 * @param minFreeBytes appends are refused while the disk has less room than this
 * @param maxUsedFraction appends are refused while more of the disk than this is used
 * @param maxBytes the oldest sealed segments go while the log is larger; null: they stay
 * @param maxAge sealed segments go when they were sealed longer ago than this; null: they stay
 * @param clock tells when a segment was sealed
 */
public record FileLogOptions(
    long segmentBytes,
    long queueBytes,
    int blockBytes,
    long blockCacheBytes,
    long minFreeBytes,
    double maxUsedFraction,
    @Nullable Long maxBytes,
    @Nullable Duration maxAge,
    InstantSource clock) {

  public FileLogOptions {
    if (segmentBytes < 1 || queueBytes < 1 || blockBytes < 1 || blockCacheBytes < 0) {
      throw new IllegalArgumentException("sizes must be positive");
    }
    if (blockBytes > Block.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("blocks must not be larger than an entry can be");
    }
    if (minFreeBytes < 0 || !(maxUsedFraction > 0 && maxUsedFraction <= 1)) {
      throw new IllegalArgumentException("no such limits of the disk");
    }
  }

  public static FileLogOptions defaults() {
    return new FileLogOptions(
        256L << 20,
        32L << 20,
        64 << 10,
        16L << 20,
        1L << 30,
        0.95,
        null,
        null,
        InstantSource.system());
  }

  public FileLogOptions withSegmentBytes(long bytes) {
    return new FileLogOptions(
        bytes,
        queueBytes,
        blockBytes,
        blockCacheBytes,
        minFreeBytes,
        maxUsedFraction,
        maxBytes,
        maxAge,
        clock);
  }

  public FileLogOptions withQueueBytes(long bytes) {
    return new FileLogOptions(
        segmentBytes,
        bytes,
        blockBytes,
        blockCacheBytes,
        minFreeBytes,
        maxUsedFraction,
        maxBytes,
        maxAge,
        clock);
  }

  public FileLogOptions withBlockBytes(int bytes) {
    return new FileLogOptions(
        segmentBytes,
        queueBytes,
        bytes,
        blockCacheBytes,
        minFreeBytes,
        maxUsedFraction,
        maxBytes,
        maxAge,
        clock);
  }

  /** When appends are refused because the disk is nearly full. */
  public FileLogOptions withDiskLimits(long minFreeBytes, double maxUsedFraction) {
    return new FileLogOptions(
        segmentBytes,
        queueBytes,
        blockBytes,
        blockCacheBytes,
        minFreeBytes,
        maxUsedFraction,
        maxBytes,
        maxAge,
        clock);
  }

  /** What is kept; null sets no limit. */
  public FileLogOptions withRetention(@Nullable Long maxBytes, @Nullable Duration maxAge) {
    return new FileLogOptions(
        segmentBytes,
        queueBytes,
        blockBytes,
        blockCacheBytes,
        minFreeBytes,
        maxUsedFraction,
        maxBytes,
        maxAge,
        clock);
  }

  public FileLogOptions withClock(InstantSource clock) {
    return new FileLogOptions(
        segmentBytes,
        queueBytes,
        blockBytes,
        blockCacheBytes,
        minFreeBytes,
        maxUsedFraction,
        maxBytes,
        maxAge,
        clock);
  }
}
