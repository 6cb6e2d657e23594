// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.run.Wait;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The waits of all runs in one order, by when they opened, from runs in the order of their oldest
 * wait. A cursor names the last wait that was given, so it stays right while waits come and go.
 */
final class OpenWaits {
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::openedAt)
          .thenComparing(Place::source)
          .thenComparing(Place::run)
          .thenComparing(Place::id);

  private OpenWaits() {}

  /** Runs that wait, the one that waits longest first. */
  interface WaitingRuns {
    Page<WaitingRun> read(int limit, @Nullable String cursor)
        throws UnansweredException, IOException;
  }

  /** Where a wait stands in the list. */
  private record Place(Instant openedAt, String source, String run, String id) {
    static Place of(RunWait waiting) {
      return new Place(
          waiting.interval().openedAt(),
          waiting.run().key().source(),
          waiting.run().key().run(),
          waiting.interval().id());
    }

    String cursor() {
      return String.join(".", packed(openedAt.toString()), packed(source), packed(run), packed(id));
    }

    static Place parse(String cursor) throws UnansweredException {
      String[] parts = cursor.split("\\.", -1);
      try {
        if (parts.length == 4) {
          return new Place(
              Instant.parse(unpacked(parts[0])),
              unpacked(parts[1]),
              unpacked(parts[2]),
              unpacked(parts[3]));
        }
      } catch (IllegalArgumentException | DateTimeException e) {
        // said below
      }
      throw UnansweredException.Misput.cursor("the cursor is not one of this list");
    }

    private static String packed(String part) {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(part.getBytes(StandardCharsets.UTF_8));
    }

    private static String unpacked(String part) {
      return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
  }

  /** The {@code limit} oldest waits after the cursor; holds no more than that many in memory. */
  static Page<RunWait> page(int limit, @Nullable String cursor, WaitingRuns runs)
      throws UnansweredException, IOException {
    Place after = cursor == null ? null : Place.parse(cursor);
    NavigableSet<RunWait> oldest = new TreeSet<>(Comparator.comparing(Place::of, ORDER));
    String at = null;
    do {
      Page<WaitingRun> page = runs.read(Runs.MAX_PAGE, at);
      for (WaitingRun run : page.items()) {
        if (!run.open().isEmpty()
            && oldest.size() > limit
            && run.open().getFirst().openedAt().isAfter(oldest.last().interval().openedAt())) {
          return full(limit, oldest); // every later run waits for less long
        }
        for (Wait open : run.open()) {
          RunWait waiting = new RunWait(run.run(), open);
          if (after == null || ORDER.compare(Place.of(waiting), after) > 0) {
            oldest.add(waiting);
          }
        }
        while (oldest.size() > limit + 1) {
          oldest.pollLast();
        }
      }
      at = page.next();
    } while (at != null);
    return full(limit, oldest);
  }

  /** One more than the limit was kept to know whether there are more. */
  private static Page<RunWait> full(int limit, NavigableSet<RunWait> oldest) {
    if (oldest.size() <= limit) {
      return new Page<>(oldest.stream().toList(), null);
    }
    Iterator<RunWait> newestFirst = oldest.descendingIterator();
    newestFirst.next();
    return new Page<>(oldest.stream().limit(limit).toList(), Place.of(newestFirst.next()).cursor());
  }
}
