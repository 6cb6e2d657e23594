// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Builds the tree of a run: steps inside the steps that the source names, waits and child runs
 * inside what encloses them, everything inside the run. Parents that the source names in a circle
 * are no parents.
 */
final class PlaceTree {
  private static final Comparator<Place> BY_BEGINNING =
      Comparator.<Place>comparingLong(place -> place.from)
          .thenComparing(Place.BACKWARDS.reversed());

  private final History history;
  private final Instant until;
  private final Place root;
  private final Map<String, Place> steps = new HashMap<>();

  private PlaceTree(History history, Instant until, Place root) {
    this.history = history;
    this.until = until;
    this.root = root;
  }

  static Place of(Family family, Instant now) {
    History run = family.run();
    return of(family, new Period(run.run().startedAt(), run.until(now)), now);
  }

  /**
   * @param seen a run that began before its caller or goes on after it is looked at only where its
   *     caller was there
   */
  private static Place of(Family family, Period seen, Instant now) {
    History history = family.run();
    Instant until = seen.to();
    Place root =
        new Place(
            history.run().key().run(),
            null,
            null,
            seen.from().toEpochMilli(),
            seen.to().toEpochMilli());
    PlaceTree tree = new PlaceTree(history, until, root);
    tree.addSteps();
    tree.order(BY_BEGINNING);
    List<Place> others = new ArrayList<>();
    for (Wait wait : history.waits()) {
      Instant end = wait.resolvedAt() == null ? until : wait.resolvedAt();
      others.add(tree.place(null, wait.id(), wait.openedAt(), end));
    }
    for (Family child : family.children()) {
      Instant from = child.run().run().startedAt();
      Instant to = child.run().until(now);
      Period both =
          new Period(
              from.isBefore(seen.from()) ? seen.from() : from,
              to.isAfter(seen.to()) ? seen.to() : to);
      others.add(of(child, both, now));
    }
    List<Place> around = others.stream().map(root::around).toList();
    for (int i = 0; i < others.size(); i++) {
      around.get(i).inside.add(others.get(i));
    }
    tree.order(Place.BACKWARDS);
    return root;
  }

  /** Nothing of a run was before it or is after it. */
  private Place place(@Nullable String step, @Nullable String wait, Instant from, Instant to) {
    return new Place(
        root.run,
        step,
        wait,
        Math.clamp(from.toEpochMilli(), root.from, root.to),
        Math.clamp(to.toEpochMilli(), root.from, root.to));
  }

  private void addSteps() {
    for (Step step : history.steps()) {
      Instant told = step.endedAt();
      Instant end = told != null ? told : History.goesOn(step) ? until : step.startedAt();
      steps.putIfAbsent(step.id(), place(step.id(), null, step.startedAt(), end));
    }
    Map<String, String> parentOf = new HashMap<>();
    for (Step step : history.steps()) {
      if (step.parentId() != null && steps.containsKey(step.parentId())) {
        parentOf.putIfAbsent(step.id(), step.parentId());
      }
    }
    cutCircles(parentOf);
    steps.forEach(
        (id, place) -> {
          String parent = parentOf.get(id);
          Place around = parent == null ? null : steps.get(parent);
          (around == null ? root : around).inside.add(place);
        });
    for (Place parent : downwards().reversed()) {
      if (parent != root) {
        parent.inside.forEach(parent::stretchOver);
      }
    }
  }

  /** Each step is climbed from once; whoever comes back to where it began has no parent. */
  private static void cutCircles(Map<String, String> parentOf) {
    Set<String> sound = new HashSet<>();
    for (String step : List.copyOf(new TreeSet<>(parentOf.keySet()))) {
      Set<String> climbed = new HashSet<>();
      String at = step;
      while (at != null && !sound.contains(at)) {
        if (!climbed.add(at)) {
          parentOf.remove(at);
          break;
        }
        at = parentOf.get(at);
      }
      sound.addAll(climbed);
    }
  }

  private void order(Comparator<Place> order) {
    downwards().forEach(place -> place.inside.sort(order));
  }

  /** Of this run, each before what stands inside it. */
  private List<Place> downwards() {
    List<Place> all = new ArrayList<>();
    Deque<Place> open = new ArrayDeque<>();
    open.push(root);
    while (!open.isEmpty()) {
      Place place = open.pop();
      all.add(place);
      for (Place inside : place.inside) {
        open.push(inside);
      }
    }
    return all;
  }
}
