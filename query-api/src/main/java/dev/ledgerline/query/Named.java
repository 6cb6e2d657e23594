// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.event.Event;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.RunReader;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.query.UnansweredException.Absent;
import dev.ledgerline.query.UnansweredException.Ambiguous;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thing that a name means. Each source may have one of that name: where several do it takes
 * the source to say which, else that is null.
 */
final class Named {
  private final RunReader store;

  Named(RunReader store) {
    this.store = store;
  }

  RunSummary run(String id, @Nullable String source) throws UnansweredException, IOException {
    return one(
        store.run(id),
        run -> run.key().source(),
        source,
        "a run with id " + id,
        () -> Absent.run(id));
  }

  AgentSummary agent(String name, @Nullable String source) throws UnansweredException, IOException {
    return one(
        store.agent(name),
        AgentSummary::source,
        source,
        "an agent called " + name,
        () -> Absent.thing("no agent called " + name));
  }

  private static <T> T one(
      List<T> found,
      Function<T, String> sourceOf,
      @Nullable String source,
      String what,
      Supplier<Absent> absent)
      throws UnansweredException {
    List<T> left =
        found.stream().filter(one -> source == null || sourceOf.apply(one).equals(source)).toList();
    return switch (left.size()) {
      case 0 -> throw absent.get();
      case 1 -> left.getFirst();
      default -> throw new Ambiguous(what, left.stream().map(sourceOf).sorted().toList());
    };
  }

  /** A task belongs to no source: that of its newest run counts, or of what was said of it last. */
  Task task(String idOrIdentifier, @Nullable String source)
      throws UnansweredException, IOException {
    List<Task> found = store.task(idOrIdentifier);
    if (found.isEmpty()) {
      throw Absent.thing("no task with id or identifier " + idOrIdentifier);
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    Map<String, Task> bySource = new TreeMap<>();
    for (Task task : found) {
      bySource.put(sourceOf(task), task);
    }
    if (source == null) {
      throw new Ambiguous("a task called " + idOrIdentifier, List.copyOf(bySource.keySet()));
    }
    Task named = bySource.get(source);
    if (named == null) {
      throw Absent.thing("no task called " + idOrIdentifier + " of source " + source);
    }
    return named;
  }

  private String sourceOf(Task task) throws IOException {
    if (!task.attempts().isEmpty()) {
      return task.attempts().getLast().source();
    }
    List<Event> words = store.wordsAbout(task.id(), 1);
    return words.isEmpty() ? "" : words.getFirst().source();
  }
}
