// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The lanes by name. Safe for use by many threads. */
final class Lanes {
  /** With many sources each may remember less: all together no more than 100 full ones. */
  private static final int FULL_LANES = 100;

  private final Limits limits;
  private final Set<String> sharing;
  private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();

  /**
   * No lanes yet.
   *
   * @param sharing sources that use the shared lane even when they are named: the dialects, which
   *     are the sources of those who name none
   */
  Lanes(Limits limits, Collection<String> sharing) {
    this.limits = limits;
    this.sharing = new HashSet<>(sharing);
    this.sharing.add(UnknownDialect.NAME);
  }

  Lane of(@Nullable String source) {
    String name = source == null || sharing.contains(source) ? Lane.SHARED : source;
    Lane lane = lanes.get(name);
    return lane != null
        ? lane
        : lanes.computeIfAbsent(
            name,
            n ->
                new Lane(
                    n,
                    new DialectMemory(() -> share(limits.memoryPerSource())),
                    new Streams(() -> share(limits.streamsPerSource()))));
  }

  private int share(int most) {
    return (int) Math.min(most, (long) most * FULL_LANES / Math.max(1, lanes.size()));
  }

  List<Lane> all() {
    return List.copyOf(lanes.values());
  }
}
