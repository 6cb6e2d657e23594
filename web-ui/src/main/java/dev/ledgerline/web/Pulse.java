// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.shared.Registration;
import dev.ledgerline.log.Position;
import dev.ledgerline.query.Runs;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells open pages that there is something new: one clock for all of them, at most four times a
 * second, and every five seconds without news so that ages and running durations stay true. Costs
 * nothing while no page is open.
 */
public final class Pulse implements AutoCloseable {
  private static final long TICK_MILLIS = 250;
  private static final int QUIET_TICKS = 20;

  private final Runs runs;
  private final Map<Component, Runnable> pages = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ui-pulse").daemon().factory());
  private Position seen = Position.START;
  private int quiet;

  Pulse(Runs runs) {
    this.runs = runs;
    clock.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Runs {@code refresh} in the page's own session while the page is open. */
  public Registration follow(Component page, Runnable refresh) {
    pages.put(page, refresh);
    return () -> pages.remove(page);
  }

  private void tick() {
    if (pages.isEmpty()) {
      return;
    }
    Position now = runs.visible();
    quiet++;
    if (now.equals(seen) && quiet < QUIET_TICKS) {
      return;
    }
    seen = now;
    quiet = 0;
    pages.forEach(
        (page, refresh) -> {
          UI ui = page.getUI().orElse(null);
          if (ui == null || !ui.isAttached()) {
            pages.remove(page);
          } else {
            ui.access(refresh::run);
          }
        });
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
