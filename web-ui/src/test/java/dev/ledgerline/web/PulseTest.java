// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.server.Command;
import dev.ledgerline.log.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PulseTest {
  private long visible;
  private final Pulse pulse = new Pulse(() -> Position.of(visible));
  private final List<String> refreshed = new ArrayList<>();

  @AfterEach
  void close() {
    pulse.close();
  }

  @Test
  void aPageIsToldWhenThereIsSomethingNewAndNowAndThenWithout() {
    pulse.follow(new Session(true), () -> refreshed.add("page"));
    news();
    assertEquals(1, refreshed.size());
    pulse.tick();
    assertEquals(1, refreshed.size());
    for (int i = 0; i < 20; i++) {
      pulse.tick();
    }
    assertEquals(2, refreshed.size());
  }

  @Test
  void aPageThatIsGoneDoesNotKeepTheOthersFromTheirNews() {
    pulse.follow(
        new Session(true) {
          private static final long serialVersionUID = 1L;

          @Override
          public Future<Void> access(Command command) {
            throw new UIDetachedException();
          }
        },
        () -> refreshed.add("gone"));
    pulse.follow(new Session(true), () -> refreshed.add("open"));
    news();
    news();
    assertEquals(List.of("open", "open"), refreshed);
  }

  @Test
  void theClockGoesOnAfterAFailure() {
    var failing = new Pulse(() -> visible == 1 ? failed() : Position.of(visible));
    failing.follow(new Session(true), () -> refreshed.add("page"));
    visible = 1;
    failing.tick();
    visible = 2;
    failing.tick();
    failing.close();
    assertEquals(List.of("page"), refreshed);
  }

  @Test
  void newsDoNotPileUpForAPageThatIsBusy() {
    Session busy = new Session(false);
    pulse.follow(busy, () -> refreshed.add("page"));
    news();
    news();
    news();
    assertEquals(1, busy.waiting.size());
    busy.waiting.removeFirst().execute();
    news();
    assertEquals(1, busy.waiting.size());
  }

  @Test
  void aPageThatWasLeftHearsNothing() {
    pulse.follow(new Session(true), () -> refreshed.add("page")).remove();
    news();
    assertEquals(List.of(), refreshed);
  }

  private void news() {
    visible++;
    pulse.tick();
  }

  private static Position failed() {
    throw new IllegalStateException("the index is closed");
  }

  /** Runs what it is given at once, or keeps it as a session does whose lock is held. */
  private static class Session extends UI {
    private static final long serialVersionUID = 1L;

    private final boolean free;
    final transient List<Command> waiting = new ArrayList<>();

    Session(boolean free) {
      this.free = free;
    }

    @Override
    public Future<Void> access(Command command) {
      if (free) {
        command.execute();
      } else {
        waiting.add(command);
      }
      return CompletableFuture.completedFuture(null);
    }
  }
}
