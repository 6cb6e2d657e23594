// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.collector.scrape.ScrapeTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The instances that are polled, and how often each. */
record Scraping(List<ScrapeTarget> targets, Duration interval) {
  /** Each has a thread, and an answer in memory. */
  private static final int MOST_INSTANCES = 64;

  /** An instance makes each snapshot anew, and its orchestrator waits while it does. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  private static final Duration LONGEST = Duration.ofHours(1);

  static Scraping parse(List<String> texts, Duration interval) throws BadSettingException {
    List<ScrapeTarget> targets = new ArrayList<>();
    for (String text : texts) {
      try {
        targets.add(ScrapeTarget.parse(text));
      } catch (IllegalArgumentException e) {
        throw new BadSettingException("--scrape: " + e.getMessage());
      }
    }
    long instances = targets.stream().map(ScrapeTarget::source).distinct().count();
    if (instances < targets.size() || targets.size() > MOST_INSTANCES) {
      throw new BadSettingException(
          "--scrape names each instance once, and at most " + MOST_INSTANCES);
    }
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw new BadSettingException("--scrape-interval must be between 100ms and 1h");
    }
    return new Scraping(List.copyOf(targets), interval);
  }
}
