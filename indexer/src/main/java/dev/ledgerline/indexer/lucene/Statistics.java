// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.State;
import dev.ledgerline.event.Word;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunGroups.By;
import dev.ledgerline.indexer.RunGroups.Group;
import dev.ledgerline.indexer.RunGroups.Grouping;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.state.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the runs that match, from columns of the index: some 100 ns for each run. Durations are
 * kept, 8 bytes each, so that percentiles are exact.
 */
final class Statistics {
  /** Runs that one question adds up; 64 MiB of durations. */
  private static final int MAX_RUNS = 8 << 20;

  /** Groups that one question keeps until it knows which are the largest. */
  private static final int MAX_GROUPS = 200_000;

  private static final Comparator<Group> ORDER =
      Comparator.comparing(Group::bucket, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(Comparator.comparingLong(Group::runs).reversed())
          .thenComparing(Group::key, Comparator.nullsLast(Comparator.naturalOrder()));

  private static final Comparator<Group> LARGEST_FIRST =
      Comparator.comparingLong(Group::runs).reversed().thenComparing(ORDER);

  private final Grouping grouping;
  private final Silence silence;
  private final Instant now;
  private final long bucketNanos;
  private final Map<Key, Sums> groups = new HashMap<>();
  private long found;
  private boolean tooMany;

  Statistics(Grouping grouping, Silence silence, Instant now) {
    this.grouping = grouping;
    this.silence = silence;
    this.now = now;
    Duration bucket = grouping.bucket();
    this.bucketNanos = bucket == null ? 0 : bucket.toNanos();
  }

  /** A group; {@code bucket} counts from 1970. */
  private record Key(@Nullable String value, long bucket) {}

  RunGroups of(IndexSearcher searcher, Query runs) throws IOException, DeadlineException {
    searcher.search(runs, new Manager(this));
    View.inTime(searcher);
    if (tooMany) {
      throw new DeadlineException();
    }
    List<Group> all = new ArrayList<>();
    groups.forEach((key, sums) -> all.add(group(key, sums)));
    all.sort(LARGEST_FIRST);
    List<Group> shown = new ArrayList<>(all.subList(0, Math.min(all.size(), grouping.limit())));
    shown.sort(ORDER);
    return new RunGroups(List.copyOf(shown), (long) all.size() - shown.size());
  }

  private Group group(Key key, Sums sums) {
    return new Group(
        key.value,
        bucketNanos == 0 ? null : start(key.bucket),
        sums.runs,
        sums.events,
        sums.errors,
        sums.durations(),
        sums.usage());
  }

  private Instant start(long bucket) {
    Duration length = Duration.ofNanos(bucketNanos);
    return Instant.EPOCH.plus(length.multipliedBy(bucket));
  }

  /** Our searchers use the asking thread only, so all its collectors can fill one table. */
  private record Manager(Statistics statistics)
      implements CollectorManager<SimpleCollector, Statistics> {
    @Override
    public SimpleCollector newCollector() {
      return statistics.new Rows();
    }

    @Override
    public Statistics reduce(Collection<SimpleCollector> collectors) {
      return statistics;
    }
  }

  /** The columns of one segment. */
  private static final class Columns {
    private final @Nullable SortedDocValues by;
    private final SortedDocValues agent;
    private final SortedNumericDocValues started;
    private final SortedNumericDocValues observed;
    private final SortedNumericDocValues waiting;
    private final SortedNumericDocValues events;
    private final SortedNumericDocValues errors;
    private final SortedNumericDocValues duration;
    private final SortedNumericDocValues total;
    private final SortedNumericDocValues cost;

    /** By the number of their part; that of the total is null. */
    private final List<@Nullable NumericDocValues> parts = new ArrayList<>();

    /** Ordinals are below; it stands for that of the runs that lack the value. */
    private final int lacking;

    /** The groups of this segment: by ordinal where there are no buckets, else by both. */
    private final @Nullable Sums[] sums;

    private final Map<Long, Sums> bySegment = new HashMap<>();

    /** The states, where silence changes what a run is counted under. */
    private final @Nullable SortedDocValues state;

    /** Whether runs of that state count as lost when they are silent. */
    private final boolean[] canBeLost;

    Columns(LeafReaderContext leaf, @Nullable By what) throws IOException {
      var reader = leaf.reader();
      by = what == null ? null : DocValues.getSorted(reader, OfRun.by(what));
      agent = DocValues.getSorted(reader, OfRun.by(By.AGENT));
      started = DocValues.getSortedNumeric(reader, OfRun.STARTED);
      observed = DocValues.getSortedNumeric(reader, OfRun.LAST_OBSERVED);
      waiting = DocValues.getSortedNumeric(reader, OfRun.WAITING_SINCE);
      events = DocValues.getSortedNumeric(reader, OfRun.EVENTS);
      errors = DocValues.getSortedNumeric(reader, OfRun.ERRORS);
      duration = DocValues.getSortedNumeric(reader, OfRun.DURATION);
      total = DocValues.getSortedNumeric(reader, OfRun.TOKENS);
      cost = DocValues.getSortedNumeric(reader, OfRun.COST);
      parts.add(DocValues.getNumeric(reader, OfRun.INPUT_TOKENS));
      parts.add(DocValues.getNumeric(reader, OfRun.OUTPUT_TOKENS));
      parts.add(null);
      parts.add(DocValues.getNumeric(reader, OfRun.CACHED_INPUT_TOKENS));
      parts.add(DocValues.getNumeric(reader, OfRun.CACHE_WRITE_TOKENS));
      parts.add(DocValues.getNumeric(reader, OfRun.REASONING_TOKENS));
      lacking = by == null ? 0 : by.getValueCount();
      sums = new Sums[lacking + 1];
      boolean judged = what == By.STATE || what == By.VERDICT;
      state = judged ? DocValues.getSorted(reader, OfRun.by(By.STATE)) : null;
      canBeLost = new boolean[state == null ? 0 : state.getValueCount()];
      for (int ordinal = 0; state != null && ordinal < canBeLost.length; ordinal++) {
        State known = Word.of(State.class, state.lookupOrd(ordinal).utf8ToString());
        canBeLost[ordinal] = known != null && !known.terminal();
      }
    }

    private int ordinal(int doc) throws IOException {
      return by == null || !by.advanceExact(doc) ? lacking : by.ordValue();
    }

    private @Nullable String value(int ordinal) throws IOException {
      return by == null || ordinal == lacking ? null : by.lookupOrd(ordinal).utf8ToString();
    }
  }

  private final class Rows extends SimpleCollector {
    private @Nullable Columns columns;

    @Override
    protected void doSetNextReader(LeafReaderContext leaf) throws IOException {
      columns = new Columns(leaf, grouping.by());
    }

    @Override
    public void collect(int doc) throws IOException {
      Columns c = columns;
      if (c == null || tooMany) {
        return;
      }
      long bucket =
          bucketNanos != 0 && c.started.advanceExact(doc)
              ? Math.floorDiv(c.started.nextValue(), bucketNanos)
              : 0;
      int ordinal = c.ordinal(doc);
      Sums sums =
          isLost(c, doc) ? sums(ofLost(c.value(ordinal)), bucket) : sums(c, ordinal, bucket);
      tooMany = ++found > MAX_RUNS || groups.size() > MAX_GROUPS;
      sums.runs++;
      sums.events += number(c.events, doc);
      sums.errors += number(c.errors, doc);
      if (c.duration.advanceExact(doc)) {
        sums.duration(c.duration.nextValue());
      }
      usage(c, doc, sums);
    }

    /** Found by number within a segment: names are compared once for each of its groups. */
    private Sums sums(Columns c, int ordinal, long bucket) throws IOException {
      if (bucketNanos == 0) {
        Sums known = c.sums[ordinal];
        if (known == null) {
          known = sums(c.value(ordinal), 0);
          c.sums[ordinal] = known;
        }
        return known;
      }
      long number = bucket * (c.lacking + 1L) + ordinal;
      Sums known = c.bySegment.get(number);
      if (known == null) {
        known = sums(c.value(ordinal), bucket);
        c.bySegment.put(number, known);
      }
      return known;
    }

    private Sums sums(@Nullable String value, long bucket) {
      return groups.computeIfAbsent(new Key(value, bucket), key -> new Sums());
    }

    private static void usage(Columns c, int doc, Sums sums) throws IOException {
      for (int part = 0; part < Sums.PARTS; part++) {
        NumericDocValues values = c.parts.get(part);
        if (values == null) {
          if (c.total.advanceExact(doc)) {
            sums.tokens(part, c.total.nextValue());
          }
        } else if (values.advanceExact(doc)) {
          sums.tokens(part, values.longValue());
        }
      }
      if (c.cost.advanceExact(doc)) {
        sums.cost(NumericUtils.sortableLongToDouble(c.cost.nextValue()));
      }
    }

    private static long number(SortedNumericDocValues values, int doc) throws IOException {
      return values.advanceExact(doc) ? values.nextValue() : 0;
    }

    /** What {@link Silence#judge} makes of a run that is lost. */
    private @Nullable String ofLost(@Nullable String stored) {
      if (grouping.by() == By.STATE) {
        return State.LOST.word();
      }
      return Verdict.Result.VIOLATED.word().equals(stored) ? stored : Verdict.Result.UNKNOWN.word();
    }

    /** The same as {@link Silence#judge}; false where nobody asks. */
    private boolean isLost(Columns c, int doc) throws IOException {
      if (c.state == null || !c.state.advanceExact(doc) || !c.canBeLost[c.state.ordValue()]) {
        return false;
      }
      if (c.waiting.advanceExact(doc)) {
        return false;
      }
      String agent =
          c.agent.advanceExact(doc) ? c.agent.lookupOrd(c.agent.ordValue()).utf8ToString() : null;
      return c.observed.advanceExact(doc)
          && c.observed.nextValue() < Fields.time(now.minus(silence.lost().with(agent)));
    }

    @Override
    public ScoreMode scoreMode() {
      return ScoreMode.COMPLETE_NO_SCORES;
    }
  }
}
