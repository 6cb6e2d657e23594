// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.lint;

import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.RecordFormat;
import dev.ledgerline.collector.Trial;
import dev.ledgerline.collector.Trial.Outcome;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.state.Verdict;
import dev.ledgerline.state.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges one log, record by record, in memory that does not grow with it: runs are folded while
 * they are among the last {@value #MOST_LIVE_RUNS}, and up to {@value #MOST_EVENTS_OF_A_RUN} events
 * of each. Used by one thread.
 */
public final class Lint {
  /** Takes what each record became, in order, if anybody wants to know. */
  public interface Records {
    void take(long line, Outcome outcome);
  }

  public static final int MOST_FINDINGS = 10_000;
  public static final int MOST_RUNS = 10_000;
  private static final int MOST_LIVE_RUNS = 2_000;
  private static final int MOST_EVENTS_OF_A_RUN = 500_000;

  /** Of all runs that are folded at a time; what they leave behind is some hundred bytes each. */
  private static final int MOST_LIVE_EVENTS = 300_000;

  /** Kept, of all runs together, to be sorted; about a kilobyte each. */
  private static final int MOST_KEPT = 30_000;

  /** Runs that are over and that would be judged without their beginning if they went on. */
  private static final int MOST_PAST_RUNS = 200_000;

  /** Lines of one log are written by several threads; what goes back further is no accident. */
  private static final Duration JITTER = Duration.ofSeconds(5);

  private static final String NATIVE = "agent-protocol";

  private final Trial trial;
  private final Records each;
  private final NativeSchema schema = new NativeSchema();
  private final Set<String> context = new HashSet<>();
  private final LinkedHashMap<RunKey, JudgedRun> live = new LinkedHashMap<>(16, 0.75f, true);

  /** Where they stand in {@link #runs}; -1: not listed. */
  private final Map<RunKey, Integer> past = new HashMap<>();

  private final Map<RunKey, Long> sequences = new LinkedHashMap<>(16, 0.75f, true);
  private final List<Finding> findings = new ArrayList<>();
  private final List<LintReport.Judged> runs = new ArrayList<>();
  private final Map<String, Long> byDialect = new TreeMap<>();
  private final EnumMap<Kind, Long> byKind = new EnumMap<>(Kind.class);
  private long records;
  private long events;
  private long duplicates;
  private long rejected;
  private long findingsInAll;
  private long runsInAll;
  private int kept;
  private long liveEvents;
  private @Nullable Instant newest;

  /**
   * A lint that has seen nothing.
   *
   * @param origin what headers or options say
   */
  public Lint(Trial trial, Origin origin, Records each) {
    this.trial = trial;
    this.each = each;
    note("run_id", origin.ids().run());
    note("thread_id", origin.ids().thread());
    note("agent", origin.ids().agent());
    note("task_id", origin.ids().task());
  }

  private void note(String field, @Nullable String told) {
    if (told != null) {
      context.add(field);
    }
  }

  /**
   * Judges a whole body.
   *
   * @throws DeliveryRefusedException no record could be delimited, or there are too many
   */
  public void body(byte[] body, int length, RecordFormat format) throws DeliveryRefusedException {
    trial.body(body, length, format, this::judge);
  }

  /**
   * Judges one record.
   *
   * @param line on which it begins, from 1
   * @param in may be used again when this returns
   * @param text a line that need not be JSON
   */
  public void record(long line, byte[] in, int from, int to, boolean text) {
    judge(line, trial.record(in, from, to, text));
  }

  private void judge(long line, Outcome outcome) {
    records++;
    switch (outcome) {
      case Outcome.Stored stored -> stored(line, stored);
      case Outcome.Duplicate duplicate -> {
        duplicates++;
        byDialect.merge(duplicate.dialect(), 1L, Long::sum);
      }
      case Outcome.Rejected refused -> {
        rejected++;
        String dialect = refused.dialect();
        byDialect.merge(dialect == null ? "unknown" : dialect, 1L, Long::sum);
        String code = refused.rejection().code().word();
        find(
            new Finding(
                line,
                code,
                null,
                refused.rejection().pointer(),
                code,
                refused.rejection().message()));
      }
    }
    each.take(line, outcome);
  }

  private void stored(long line, Outcome.Stored stored) {
    byDialect.merge(stored.dialect(), 1L, Long::sum);
    events += stored.events().size();
    boolean explained = schemaBreaches(line, stored);
    int n = 0;
    for (Event event : stored.events()) {
      byKind.merge(event.kind(), 1L, Long::sum);
      flags(line, event, explained);
      order(line, event, !stored.record().isJson() && n == 0);
      fold(event, line * JudgedRun.PER_LINE + Math.min(n++, JudgedRun.PER_LINE - 1));
    }
  }

  private boolean schemaBreaches(long line, Outcome.Stored stored) {
    if (!stored.dialect().equals(NATIVE)
        || !stored.record().json().has("type")
        || stored.events().isEmpty()) {
      return false;
    }
    List<NativeSchema.Breach> breaches = schema.check(stored.record().json(), context);
    String run = stored.events().getFirst().scope().run();
    for (NativeSchema.Breach breach : breaches) {
      find(
          new Finding(
              line, "schema", run, breach.pointer(), "native-event.schema.json", breach.message()));
    }
    return !breaches.isEmpty();
  }

  private void flags(long line, Event event, boolean explained) {
    for (Flag flag : event.flags()) {
      String message =
          switch (flag) {
            case INVALID_FIELD -> explained ? null : "a field has a wrong type or value";
            case UNKNOWN_TYPE -> "the dialect does not know the type " + event.nativeType();
            case CONTEXT_MISMATCH -> "the record says something else than its context";
            default -> null; // of its place in a run or in time, which is judged elsewhere
          };
      if (message != null) {
        find(new Finding(line, flag.word(), event.scope().run(), null, flag.word(), message));
      }
    }
  }

  /** In a file, what is later stands later. */
  private void order(long line, Event event, boolean text) {
    String run = event.scope().run();
    Long own = event.order();
    if (own != null && run != null && event.dialect().equals(NATIVE)) {
      RunKey key = new RunKey(event.source(), run);
      Long before = sequences.put(key, own);
      if (before != null && own < before) {
        sequences.put(key, before);
        find(
            new Finding(
                line,
                "order",
                run,
                "/id",
                "Agent Protocol, Event.id: an incrementing index",
                "the id goes back from " + before + " to " + own));
      }
      if (sequences.size() > MOST_LIVE_RUNS) {
        removeFirst(sequences.keySet().iterator());
      }
    }
    Instant at = event.occurredAt();
    if (text && at != null) {
      Instant last = newest;
      if (last != null && at.isBefore(last.minus(JITTER))) {
        find(
            new Finding(
                line,
                "order",
                run,
                null,
                "order",
                "the time goes back from " + last + " to " + at));
      } else if (last == null || at.isAfter(last)) {
        newest = at;
      }
    }
  }

  private void fold(Event event, long number) {
    String run = event.scope().run();
    if (run == null) {
      if (event.fact() instanceof Fact.RuleBroken broken) {
        find(
            new Finding(
                number / JudgedRun.PER_LINE,
                "violation",
                null,
                null,
                broken.clause(),
                broken.message()));
      }
      return;
    }
    RunKey key = new RunKey(event.source(), run);
    JudgedRun judged = live.get(key);
    if (judged == null) {
      Integer ended = past.get(key);
      if (ended != null) {
        if (ended >= 0) {
          runs.set(ended, runs.get(ended).notWholly());
        }
        return;
      }
      judged = new JudgedRun(key, number / JudgedRun.PER_LINE);
      live.put(key, judged);
      runsInAll++;
      endWhatIsTooMuch();
    }
    if (judged.isStopped()) {
      return;
    }
    int before = judged.kept();
    judged.add(event, number);
    liveEvents++;
    if (judged.events() >= MOST_EVENTS_OF_A_RUN) {
      judged.stop();
    }
    kept += judged.kept() - before;
    if (kept > MOST_KEPT) {
      keepLess();
    }
  }

  /** Judged are those of which nothing was heard for the longest time. */
  private void endWhatIsTooMuch() {
    while (live.size() > 1 && (live.size() > MOST_LIVE_RUNS || liveEvents > MOST_LIVE_EVENTS)) {
      Iterator<Map.Entry<RunKey, JudgedRun>> eldest = live.entrySet().iterator();
      Map.Entry<RunKey, JudgedRun> over = eldest.next();
      eldest.remove();
      boolean listed = runs.size() < MOST_RUNS;
      end(over.getValue());
      if (past.size() < MOST_PAST_RUNS) {
        past.put(over.getKey(), listed ? runs.size() - 1 : -1);
      }
    }
  }

  /** The longest run is the one that is least likely to be out of order only now. */
  private void keepLess() {
    live.values().stream()
        .max(Comparator.comparingInt(JudgedRun::kept))
        .ifPresent(
            longest -> {
              kept -= longest.kept();
              longest.keepNone();
            });
  }

  private static void removeFirst(Iterator<?> eldest) {
    eldest.next();
    eldest.remove();
  }

  private void end(JudgedRun run) {
    kept -= run.kept();
    liveEvents -= run.events();
    LintReport.Judged judged = run.end();
    Verdict verdict = judged.verdict();
    for (Violation violation : verdict.violations()) {
      find(
          new Finding(
              violation.seq() / JudgedRun.PER_LINE,
              "violation",
              judged.summary().key().run(),
              null,
              violation.clause(),
              violation.message()));
    }
    findingsInAll += verdict.count() - verdict.violations().size();
    if (runs.size() < MOST_RUNS) {
      runs.add(judged);
    }
  }

  private void find(Finding finding) {
    findingsInAll++;
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }

  /** What was found; to be asked once, at the end. */
  public LintReport end() {
    live.values().forEach(this::end);
    live.clear();
    findings.sort(Comparator.comparingLong(Finding::line));
    runs.sort(Comparator.comparingLong(LintReport.Judged::line));
    Map<String, Long> kinds = new LinkedHashMap<>();
    byKind.forEach((kind, n) -> kinds.put(kind.word(), n));
    return new LintReport(
        records,
        events,
        duplicates,
        rejected,
        byDialect,
        kinds,
        List.copyOf(findings),
        findingsInAll,
        List.copyOf(runs),
        runsInAll);
  }
}
