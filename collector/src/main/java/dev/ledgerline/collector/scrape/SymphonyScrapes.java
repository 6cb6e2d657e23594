// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.scrape;

import dev.ledgerline.collector.Collector;
import java.time.Duration;
import java.util.List;

/**
 * The scrapes of a server. They end together: each is told before any is waited for.
 *
 * @param all in the order of their targets
 */
public record SymphonyScrapes(List<SymphonyScrape> all) implements AutoCloseable {
  public static SymphonyScrapes start(
      List<ScrapeTarget> targets, Duration interval, Collector collector) {
    return new SymphonyScrapes(
        targets.stream().map(target -> SymphonyScrape.start(target, interval, collector)).toList());
  }

  @Override
  public void close() {
    all.forEach(SymphonyScrape::end);
    all.forEach(SymphonyScrape::close);
  }
}
