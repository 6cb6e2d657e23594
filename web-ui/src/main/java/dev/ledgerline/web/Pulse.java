// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.shared.Registration;
import dev.ledgerline.log.Position;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells open pages that there is something new: one clock for all of them, at most four times a
 * second, and every five seconds without news so that ages and running durations stay true. A page
 * that is still busy with the last news is not told again. Costs nothing while no page is open.
 */
public final class Pulse implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  private static final long TICK_MILLIS = 250;
  private static final int QUIET_TICKS = 20;

  private final Supplier<Position> visible;
  private final Set<Page> pages = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ui-pulse").daemon().factory());
  private Position seen = Position.START;
  private int quiet;

  /**
   * @param visible how far questions see; when it moves there is something new
   */
  Pulse(Supplier<Position> visible) {
    this.visible = visible;
  }

  void start() {
    clock.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Runs {@code refresh} in the session of {@code ui} until the registration is removed. */
  public Registration follow(UI ui, Runnable refresh) {
    Page page = new Page(ui, refresh);
    pages.add(page);
    return () -> pages.remove(page);
  }

  /** Never throws: the clock would stop, and every page with it. */
  void tick() {
    try {
      if (!pages.isEmpty() && isDue()) {
        pages.removeIf(page -> !page.tell());
      }
    } catch (RuntimeException e) {
      LOG.warn("pages were not told that there is something new", e);
    }
  }

  private boolean isDue() {
    Position now = visible.get();
    quiet++;
    if (now.equals(seen) && quiet < QUIET_TICKS) {
      return false;
    }
    seen = now;
    quiet = 0;
    return true;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private static final class Page {
    private final UI ui;
    private final Runnable refresh;
    private final AtomicBoolean told = new AtomicBoolean();

    Page(UI ui, Runnable refresh) {
      this.ui = ui;
      this.refresh = refresh;
    }

    /** False if the page is gone. */
    boolean tell() {
      try {
        if (told.compareAndSet(false, true)) {
          ui.access(
              () -> {
                told.set(false);
                refresh.run();
              });
        }
        return true;
      } catch (UIDetachedException e) {
        return false;
      }
    }
  }
}
