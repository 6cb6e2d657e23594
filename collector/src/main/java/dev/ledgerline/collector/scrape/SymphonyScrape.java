// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.scrape;

import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.Delivery;
import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.OutcomeUnknownException;
import dev.ledgerline.collector.RecordFormat;
import dev.ledgerline.collector.dialect.SymphonySnapshot;
import dev.ledgerline.collector.dialect.SymphonyStateDialect;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.log.Entry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls one instance of Symphony until it is closed. A snapshot is delivered when it says more than
 * the newest that is durable, so a quiet instance costs no disk; while an instance is away it is
 * asked less and less often. One virtual thread does it all.
 */
public final class SymphonyScrape implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SymphonyScrape.class);
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** A row has a few kB: room for hundreds of agents, and many instances at once. */
  private static final int MOST_BYTES = 2 << 20;

  /** Longer than storing a snapshot takes; the server has ten seconds to end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  /** Names the snapshots of an instance, in their order. */
  private static final String STREAM = "state";

  /** 2^6 of the shortest interval is beyond the longest pause. */
  private static final int MOST_DOUBLINGS = 6;

  private final ScrapeTarget target;
  private final Duration interval;
  private final Collector collector;
  private final StatePoll poll;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);

  private final LongAdder polls = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder snapshots = new LongAdder();
  private volatile @Nullable String trouble = "not asked yet";

  private SymphonyScrape(
      ScrapeTarget target, Duration interval, Duration deadline, Collector collector) {
    this.target = target;
    this.interval = interval;
    this.collector = collector;
    this.poll = new StatePoll(deadline, Math.min(MOST_BYTES, collector.limits().recordBytes()));
    this.thread = Thread.ofVirtual().name("scrape-" + target.source()).unstarted(this::run);
  }

  /** Starts to ask; an instance that cannot be reached is tried again for ever. */
  public static SymphonyScrape start(ScrapeTarget target, Duration interval, Collector collector) {
    return start(target, interval, DEADLINE, collector);
  }

  static SymphonyScrape start(
      ScrapeTarget target, Duration interval, Duration deadline, Collector collector) {
    SymphonyScrape scrape = new SymphonyScrape(target, interval, deadline, collector);
    scrape.thread.start();
    return scrape;
  }

  public ScrapeTarget target() {
    return target;
  }

  public long polls() {
    return polls.sum();
  }

  /** Polls without a state, and snapshots that could not be stored. */
  public long failures() {
    return failures.sum();
  }

  /** Snapshots that are durable. */
  public long snapshots() {
    return snapshots.sum();
  }

  /** Why the newest poll failed; null while all is well. */
  public @Nullable String trouble() {
    return trouble;
  }

  /** Asks nothing more, and gives up what it is asking. */
  void end() {
    closing.countDown();
    poll.close();
  }

  @Override
  public void close() {
    end();
    try {
      if (!thread.join(LAST_WORDS)) {
        LOG.warn("the scrape of {} does not end", target.source());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    SymphonySnapshot durable = null;
    int inARow = 0;
    try {
      while (closing.getCount() > 0) {
        polls.increment();
        Duration pause = interval;
        try {
          StatePoll.Answer answer = poll.ask(target.uri());
          if (durable == null || answer.snapshot().saysMoreThan(durable)) {
            deliver(answer.body());
            durable = answer.snapshot();
          }
          if (trouble != null) {
            LOG.info("{} answers with its state", target.source());
          }
          trouble = null;
          inARow = 0;
        } catch (NoStateException e) {
          if (closing.getCount() == 0) {
            return;
          }
          String why = String.valueOf(e.getMessage());
          if (!why.equals(trouble)) {
            LOG.warn("{} gives no state: {}; asked again", target.source(), why);
          }
          trouble = why;
          failures.increment();
          pause = backOff(interval, inARow++);
        }
        if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(byte[] body) throws NoStateException, InterruptedException {
    Receipt receipt;
    try {
      receipt =
          collector.take(
              new Delivery(
                  body,
                  body.length,
                  RecordFormat.JSON,
                  SymphonyStateDialect.NAME,
                  new Origin(target.source(), STREAM, null, Entry.Headers.NONE),
                  false));
    } catch (IntakeUnavailableException | DeliveryRefusedException e) {
      throw new NoStateException("its state could not be stored: " + e.getMessage());
    } catch (OutcomeUnknownException e) {
      throw new NoStateException("whether its state was stored is not known");
    }
    if (receipt.rejected() > 0) {
      throw new NoStateException("its state was rejected and is in quarantine");
    }
    snapshots.increment();
  }

  /** Twice as long each time, up to a minute, and never in step with others. */
  static Duration backOff(Duration interval, int failuresBefore) {
    long doubled = interval.toMillis() << Math.min(failuresBefore + 1, MOST_DOUBLINGS);
    long most = Math.max(interval.toMillis(), Math.min(doubled, LONGEST_PAUSE.toMillis()));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }
}
