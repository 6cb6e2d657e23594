// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Fact.SpanRecorded;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the intervals of a run say of the whole of it, in whatever order they come: how it ended and
 * what it spent. Most come before the interval that encloses them, some never see it.
 *
 * <p>How a run ended is told by the outermost intervals that can tell; of several the one that
 * ended last decides, and agents go before model calls. What lies inside a tool call is the tool's
 * own affair. Tokens are counted at the leaves: what encloses model calls repeats their sums, but a
 * model call those of a tool or agent inside of it does not. A call that two libraries tell beside
 * each other is counted once.
 *
 * <p>Each interval costs what its way up costs as far as something changes there.
 */
final class SpanTree {
  /** How the run ended as one interval has it. */
  record Ending(String spanId, State state, int rank, Instant at, @Nullable String reason)
      implements Comparable<Ending> {
    private static final Comparator<Ending> BY_WEIGHT =
        Comparator.comparingInt(Ending::rank)
            .thenComparing(Ending::at)
            .thenComparing(Ending::spanId)
            .thenComparing(Ending::state)
            .thenComparing(Ending::reason, Comparator.nullsFirst(Comparator.naturalOrder()));

    /** The greater one goes before the other. */
    @Override
    public int compareTo(Ending other) {
      return BY_WEIGHT.compare(this, other);
    }
  }

  /** Of two that ended at the same time always the same one is the later. */
  private static boolean isAfter(Instant at, String id, Instant otherAt, String otherId) {
    int order = at.compareTo(otherAt);
    return order > 0 || (order == 0 && id.compareTo(otherId) > 0);
  }

  /** Whatever it was: where nothing of an agent is told. */
  private static final int OF_SOME_WORK = 0;

  private static final int OF_A_MODEL = 1;
  private static final int OF_AN_AGENT = 2;

  /** Under what has no parent; no span has this id. */
  private static final String OUTSIDE = "";

  private static final class Node {
    final String id;
    String parent = OUTSIDE;
    boolean tool;
    boolean model;

    /** Right around it another library tells the same call. */
    boolean inModel;

    boolean again;
    @Nullable Ending own;

    /** What those right below it end as, the last one counts; what has its own does not ask. */
    NavigableSet<Ending> below = new TreeSet<>();

    /** What it ends as for what encloses it. */
    @Nullable Ending above;

    /** What is called inside of it: {@link #CALLS}. */
    int calls;

    /** Tools and agents: what is called inside of one is no part of a model call around it. */
    boolean apart;

    /** Those that tell a call of that id in the same place, itself among them. */
    List<Node> alike = List.of(this);

    Instant start = Instant.MIN;
    Instant end = Instant.MAX;
    @Nullable TokenUsage told;
    @Nullable TokenUsage counted;

    Node(String id) {
      this.id = id;
    }

    boolean ended() {
      return !end.equals(Instant.MAX);
    }

    /** Whether the tokens that it tells are told by what it encloses. */
    boolean repeats() {
      return (calls & CALLS) != 0 || (calls != 0 && !model);
    }

    /** What it is to what encloses it. */
    int calls(boolean counts) {
      int all = counts ? calls | CALLS : calls;
      return apart && all != 0 ? CALLS_APART : all;
    }

    /** Ids are unique where somebody sees to it; in one place at one time they are. */
    boolean tellsTheSameAs(Node other) {
      return other != this && start.isBefore(other.end) && other.start.isBefore(end);
    }

    boolean tellsMoreThan(Node other) {
      int more = Long.compare(fields(told), fields(other.told));
      return more > 0 || (more == 0 && id.compareTo(other.id) > 0);
    }

    /**
     * @param counted only what would be counted goes before it
     */
    boolean isToldBetter(boolean counted) {
      return alike.stream()
          .filter(other -> other.tellsTheSameAs(this))
          .anyMatch(
              other ->
                  counted
                      ? other.repeats() || (other.told != null && other.tellsMoreThan(this))
                      : other.tellsMoreThan(this));
    }

    private static long fields(@Nullable TokenUsage told) {
      return told == null
          ? 0
          : Stream.of(
                  told.input(), told.output(), told.total(), told.cachedInput(), told.reasoning())
              .filter(Objects::nonNull)
              .count();
    }

    @Nullable Ending ending() {
      Ending inside = tool || below.isEmpty() ? null : below.last();
      return inside != null && goesBeforeOwn(inside) ? inside : own;
    }

    private boolean goesBeforeOwn(Ending inside) {
      return own == null
          || (own.rank == OF_SOME_WORK && inside.rank > OF_SOME_WORK)
          || wentOn(own, inside);
    }

    /** What stood still goes on inside of it in some systems, when somebody has answered. */
    private static boolean wentOn(Ending own, Ending inside) {
      return own.state == State.SUSPENDED
          && inside.rank == OF_AN_AGENT
          && inside.at.isAfter(own.at);
    }
  }

  /** What is known below an interval that has not come. */
  private static final class Orphans {
    /** By what ended last; those that are outermost are what counts where there are any. */
    static final Comparator<Orphans> BY_END =
        Comparator.<Orphans>comparingInt(orphans -> orphans.outermost ? 1 : 0)
            .thenComparing(
                orphans -> orphans.lastEnd, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(orphans -> orphans.last)
            .thenComparing(orphans -> orphans.parent);

    final String parent;
    final NavigableSet<Ending> endings = new TreeSet<>();
    int calls;
    final List<Node> models = new ArrayList<>();

    /** What encloses them is not of the same system, so it may never come. */
    boolean outermost;

    @Nullable Instant lastEnd;
    String last = OUTSIDE;

    /** What ended last failed so. */
    @Nullable Ending failure;

    /** What ended last, where that is some work which went well. */
    @Nullable Ending work;

    Orphans(String parent) {
      this.parent = parent;
    }

    @Nullable Ending best() {
      return outermost && lastEnd != null && !endings.isEmpty() ? endings.last() : null;
    }
  }

  /** It encloses calls of models. */
  private static final int CALLS = 1;

  /** It encloses a tool or an agent that does. */
  private static final int CALLS_APART = 2;

  /** More of one id in one place are not calls told twice: the id is none. */
  private static final int MAX_ALIKE = 32;

  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, List<Node>> calls = new HashMap<>();
  private final Map<String, Orphans> orphans = new HashMap<>();

  /** Those in which something has ended; out of here while they change. */
  private final NavigableSet<Orphans> ended = new TreeSet<>(Orphans.BY_END);

  /** The best of each of those that are outermost; as above. */
  private final NavigableSet<Ending> best = new TreeSet<>();

  private @Nullable TokenUsage usage;
  private int again;

  /**
   * @return false where it says less than what is known: that it had begun, when it ended long ago
   */
  boolean add(SpanRecorded span) {
    Node known = nodes.get(span.spanId());
    if (known != null && span.end() == null && known.ended()) {
      return false;
    }
    Node node = known == null ? new Node(span.spanId()) : known;
    node.tool = span.stepKind() == StepKind.TOOL;
    node.model = span.stepKind() == StepKind.MODEL;
    node.apart = node.tool || span.stepKind() == StepKind.AGENT;
    String parent = span.parentSpanId() == null ? OUTSIDE : span.parentSpanId();
    if (node.above != null && !parent.equals(node.parent)) {
      tell(node, null);
    }
    node.parent = parent;
    Instant end = span.end();
    if (span.ending() != null && end != null) {
      int rank =
          switch (span.stepKind()) {
            case MODEL -> OF_A_MODEL;
            case OTHER, TOOL -> OF_SOME_WORK;
            default -> OF_AN_AGENT;
          };
      node.own = new Ending(node.id, span.ending(), rank, end, span.error());
    }
    if (known == null) {
      nodes.put(node.id, node);
      Orphans children = orphans.remove(node.id);
      if (children != null) {
        changes(children);
        node.below = children.endings;
        node.calls = children.calls;
        children.models.forEach(child -> isIn(node, child));
      }
      within(node);
    }
    told(node, span);
    callsModels(node.parent, node.calls(span.usage() != null));
    if (!nodes.containsKey(node.parent) && end != null) {
      orphaned(node, span, end);
    }
    tellUp(node);
    return true;
  }

  private void within(Node node) {
    Node around = nodes.get(node.parent);
    if (around != null) {
      isIn(around, node);
    } else if (node.model) {
      orphans.computeIfAbsent(node.parent, Orphans::new).models.add(node);
    }
  }

  private void isIn(Node around, Node node) {
    node.inModel = around.model;
    tellsAgain(node);
  }

  private void tellsAgain(Node node) {
    boolean now = node.model && (node.inModel || node.isToldBetter(false));
    again += now == node.again ? 0 : now ? 1 : -1;
    node.again = now;
  }

  /** How many of its calls of models were told by another interval before. */
  int callsToldAgain() {
    return again;
  }

  private void orphaned(Node node, SpanRecorded span, Instant end) {
    Orphans siblings = orphans.computeIfAbsent(node.parent, Orphans::new);
    changes(siblings);
    siblings.outermost |= span.root() || node.parent.equals(OUTSIDE);
    boolean again = siblings.last.equals(node.id);
    if (siblings.lastEnd == null
        || again
        || isAfter(end, node.id, siblings.lastEnd, siblings.last)) {
      siblings.lastEnd = end;
      siblings.last = node.id;
      boolean failed = span.outcome() == ToolOutcome.FAILED && !node.tool;
      State told = span.ending();
      siblings.failure =
          failed
              ? new Ending(
                  node.id,
                  told == null ? State.FAILED : told,
                  told == null ? OF_SOME_WORK : OF_AN_AGENT,
                  end,
                  span.error())
              : null;
      siblings.work =
          failed || span.stepKind() != StepKind.OTHER
              ? null
              : new Ending(node.id, State.COMPLETED, OF_AN_AGENT, end, null);
    }
    changed(siblings);
  }

  private void changes(Orphans siblings) {
    ended.remove(siblings);
    Ending told = siblings.best();
    if (told != null) {
      best.remove(told);
    }
  }

  private void changed(Orphans siblings) {
    if (siblings.lastEnd != null) {
      ended.add(siblings);
    }
    Ending told = siblings.best();
    if (told != null) {
      best.add(told);
    }
  }

  /** Tells the enclosing intervals how it ended, as far up as that is news. */
  private void tellUp(Node from) {
    Node node = from;
    Ending ending = node.ending();
    while (node != null && !Objects.equals(ending, node.above)) {
      tell(node, ending);
      node = nodes.get(node.parent);
      ending = node == null ? null : node.ending();
    }
  }

  /** Puts what it ends as in the place of what it was said to end as. */
  private void tell(Node node, @Nullable Ending ending) {
    Node around = nodes.get(node.parent);
    if (around != null) {
      tell(node, ending, around.below);
      return;
    }
    Orphans siblings = orphans.computeIfAbsent(node.parent, Orphans::new);
    changes(siblings);
    tell(node, ending, siblings.endings);
    changed(siblings);
  }

  private static void tell(Node node, @Nullable Ending ending, NavigableSet<Ending> beside) {
    if (node.above != null) {
      beside.remove(node.above);
    }
    if (ending != null) {
      beside.add(ending);
    }
    node.above = ending;
  }

  private void told(Node node, SpanRecorded span) {
    node.told = span.usage();
    node.start = span.start();
    node.end = span.end() == null ? Instant.MAX : span.end();
    if (span.stepKind() == StepKind.MODEL && span.callId() != null) {
      String place = node.parent + '\u0000' + span.callId();
      List<Node> alike = calls.computeIfAbsent(place, _ -> new ArrayList<>());
      if (!alike.contains(node) && alike.size() < MAX_ALIKE) {
        alike.add(node);
        node.alike = alike;
      }
    }
    count(node);
  }

  /** Counts it anew, and those that tell the same or did until now. */
  private void count(Node changed) {
    for (Node node : changed.alike) {
      tellsAgain(node);
      count(node, node.repeats() || node.isToldBetter(true) ? null : node.told);
    }
  }

  private void count(Node node, @Nullable TokenUsage counts) {
    if (node.counted != null) {
      usage = usage == null ? null : usage.minus(node.counted);
    }
    node.counted = counts;
    if (counts != null) {
      usage = usage == null ? counts : usage.plus(counts);
    }
  }

  /** What encloses a call that was counted does not count itself. */
  private void callsModels(String id, int told) {
    String at = id;
    int calls = told;
    while (calls != 0 && !at.equals(OUTSIDE)) {
      Node node = nodes.get(at);
      if (node == null) {
        orphans.computeIfAbsent(at, Orphans::new).calls |= calls;
        return;
      }
      if ((node.calls | calls) == node.calls) {
        return;
      }
      node.calls |= calls;
      count(node);
      calls = node.calls(false);
      at = node.parent;
    }
  }

  boolean isEmpty() {
    return nodes.isEmpty();
  }

  /** What was spent, null where it is not told. */
  @Nullable TokenUsage usage() {
    return usage;
  }

  /**
   * How the run ended, null as long as nothing shows that it did. Where the outermost interval is
   * missing it may still go on, unless the last that is known of it is a failure.
   */
  @Nullable Ending ending() {
    if (ended.isEmpty()) {
      return null;
    }
    Orphans newest = ended.last();
    Ending best = this.best.isEmpty() ? null : this.best.last();
    // A program that calls models itself knows better than its last call whether it went well.
    if (best != null && best.rank == OF_A_MODEL) {
      Ending told = newest.work == null ? newest.failure : newest.work;
      boolean saysHow = told != null && (told.rank > OF_SOME_WORK || best.state == State.COMPLETED);
      return saysHow ? told : best;
    }
    boolean somebodyKnows = best != null && best.rank > OF_SOME_WORK;
    return somebodyKnows || newest.failure == null ? best : newest.failure;
  }
}
