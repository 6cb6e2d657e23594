// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.export.Exporter.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends items until the target has settled each of them. What it accepted is not sent again; what
 * it refuses for good is dropped, logged and counted; for the rest it is asked again, for ever,
 * with growing pauses. Used by one thread.
 *
 * <p>A target that does not know us is not asked again until the server is started anew: no request
 * may be repeated then (OTLP specification, Failures), and none needs to be lost.
 */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final Target target;
  private final Transport transport;
  private final Settings settings;
  private final Tally tally;
  private final RandomGenerator random;
  private final CountDownLatch closing;
  private final Set<Signal> unsupported = EnumSet.noneOf(Signal.class);

  private volatile State state = State.RUNNING;
  private volatile @Nullable String failure;

  Delivery(
      Target target,
      Transport transport,
      Settings settings,
      Tally tally,
      RandomGenerator random,
      CountDownLatch closing) {
    this.target = target;
    this.transport = transport;
    this.settings = settings;
    this.tally = tally;
    this.random = random;
    this.closing = closing;
  }

  State state() {
    return state;
  }

  /** The newest trouble; null where there was none. */
  @Nullable String failure() {
    return failure;
  }

  /** Returns whether all of it was settled; false: it is closing. */
  boolean deliver(Projected items) throws InterruptedException {
    for (Signal signal : Signal.values()) {
      Deque<Request> left =
          new ArrayDeque<>(
              Request.of(
                  items.of(signal),
                  settings.limits().requestItems(),
                  settings.limits().requestBytes()));
      while (!left.isEmpty()) {
        if (!settle(signal, left.pop(), left)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean settle(Signal signal, Request request, Deque<Request> left)
      throws InterruptedException {
    if (unsupported.contains(signal)) {
      tally.count(signal, "dropped:unsupported", request.items().size());
      return true;
    }
    int failures = 0;
    while (closing.getCount() > 0) {
      switch (transport.send(signal, request)) {
        case Answer.Accepted accepted -> {
          accepted(signal, request, accepted);
          return true;
        }
        case Answer.Busy busy -> {
          failures++;
          tally.retried();
          pause(signal, busy, failures);
        }
        case Answer.TooLarge large -> {
          if (request.items().size() == 1) {
            dropped(signal, "too_large", request, large.reason());
          } else {
            List<Request> halves = request.halves();
            left.push(halves.getLast());
            left.push(halves.getFirst());
          }
          return true;
        }
        case Answer.Refused refused -> {
          dropped(signal, refused.code(), request, refused.reason());
          return true;
        }
        case Answer.Unsupported not -> {
          if (tally.sent(signal) > 0 || !takesOthers(signal)) {
            return halted(not.reason());
          }
          unsupported.add(signal);
          dropped(signal, "unsupported", request, not.reason());
          return true;
        }
        case Answer.Unauthorized not -> {
          return halted(not.reason());
        }
      }
    }
    return false;
  }

  private void accepted(Signal signal, Request request, Answer.Accepted accepted) {
    if (state == State.RETRYING) {
      LOG.info("{} takes exports again", target);
    }
    state = State.RUNNING;
    long rejected =
        signal == Signal.METRICS // which it counts in data points, we in metrics
            ? Math.min(accepted.rejected(), request.items().size())
            : accepted.rejected();
    tally.count(signal, Tally.SENT, Math.max(0, request.items().size() - rejected));
    if (rejected > 0) {
      tally.count(signal, Tally.REJECTED, rejected);
      failure = "rejected " + rejected + " of " + signal.word() + ": " + accepted.message();
      LOG.warn("{} {}", target, failure);
    } else if (!accepted.message().isEmpty()) {
      LOG.info("{} says of {}: {}", target, signal.word(), accepted.message());
    }
  }

  private void dropped(Signal signal, String why, Request request, String reason) {
    tally.count(signal, "dropped:" + why, request.items().size());
    failure = reason;
    state = State.RUNNING;
    LOG.warn(
        "{} refused {} items of {} for good, they are dropped: {}",
        target,
        request.items().size(),
        signal.word(),
        reason);
  }

  private void pause(Signal signal, Answer.Busy busy, int failures) throws InterruptedException {
    Duration pause = settings.pace().backoff().pause(failures, busy.after(), random);
    failure = busy.reason();
    if (state != State.RETRYING) {
      LOG.warn(
          "{} does not take {} now ({}); it is asked again until it does, and nothing is lost",
          target,
          signal.word(),
          busy.reason());
    }
    state = State.RETRYING;
    closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Whether it is a target at all, or something else that has no such path: it takes an empty
   * export of another signal.
   */
  private boolean takesOthers(Signal not) throws InterruptedException {
    for (Signal other : target.signals()) {
      if (other != not
          && !unsupported.contains(other)
          && transport.send(other, new Request(List.of())) instanceof Answer.Accepted) {
        return true;
      }
    }
    return false;
  }

  private boolean halted(String reason) throws InterruptedException {
    failure = reason;
    state = State.HALTED;
    LOG.error(
        "{} does not let us in ({}). Nothing is sent there until the server is started again;"
            + " nothing is lost meanwhile.",
        target,
        reason);
    closing.await();
    return false;
  }
}
