// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.indexer.RunGroups.By;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.indexer.lucene.Fields.OfTask;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.TraceIds;
import dev.ledgerline.run.Wait;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.SortedNumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Makes the document of a run from its summary. */
final class RunDocument {
  /** Reasons that begin alike for so many characters are one group. */
  private static final int MAX_REASON = 256;

  private final List<IndexableField> document = new ArrayList<>(50);

  private RunDocument() {}

  static List<IndexableField> of(long number, WaitingRun waiting) {
    RunDocument made = new RunDocument();
    made.add(number, waiting);
    return made.document;
  }

  /**
   * Of a run that no agent acts in yet and that goes by several ids: it cannot be found but by
   * these, so that what was said to be part of it stays so.
   */
  static List<IndexableField> unseen(long number, WaitingRun waiting) {
    RunSummary run = waiting.run();
    RunDocument made = new RunDocument();
    made.bytes(OfRun.ID, Fields.number(number));
    made.document.add(new SortedNumericDocValuesField(OfRun.UNSEEN_NUMBER, number));
    made.document.add(new BinaryDocValuesField(OfRun.SUMMARY, SummaryCodec.encode(waiting)));
    made.bytes(OfRun.UNSEEN_KEY, Fields.key(run.key()));
    for (String alias : run.aliases()) {
      made.bytes(OfRun.UNSEEN_KEY, Fields.key(run.key().source(), alias));
    }
    return made.document;
  }

  private void add(long number, WaitingRun waiting) {
    RunSummary run = waiting.run();
    String source = run.key().source();
    bytes(OfRun.ID, Fields.number(number));
    number(OfRun.NUMBER, number);
    document.add(new BinaryDocValuesField(OfRun.SUMMARY, SummaryCodec.encode(waiting)));
    bytes(OfRun.KEY, Fields.key(run.key()));
    term(OfRun.RUN, run.key().run());
    for (String alias : run.aliases()) {
      bytes(OfRun.KEY, Fields.key(source, alias));
      term(OfRun.RUN, alias);
    }
    term(OfRun.SOURCE, source);
    term(OfRun.DIALECT, run.dialect());
    if (run.thread() != null) {
      term(OfRun.THREAD, run.thread());
      number(OfRun.IN_THREAD, number);
    }
    if (run.task() != null) {
      term(OfRun.TASK, run.task());
      number(OfTask.ORDER, number);
    }
    if (run.parentRun() != null) {
      term(OfRun.PARENT, run.parentRun());
      bytes(OfRun.PARENT_KEY, Fields.key(source, run.parentRun()));
    }
    if (run.continuesRun() != null) {
      bytes(OfRun.CONTINUES_KEY, Fields.key(source, run.continuesRun()));
    }
    term(OfRun.STATE, run.state().word());
    term(OfRun.VERDICT, run.verdict().word());
    run.agents().forEach(agent -> term(OfRun.AGENT, agent));
    if (run.agent() != null && !run.agents().contains(run.agent())) {
      term(OfRun.AGENT, run.agent());
    }
    term(OfRun.ROOT_AGENT, run.agent());
    run.traces().forEach(trace -> term(OfRun.TRACE, trace));
    if (run.traces().isEmpty()) {
      // the trace as which it is exported and shown to the tools of others
      term(OfRun.TRACE, HexFormat.of().formatHex(TraceIds.trace(run.key())));
    }
    if (run.title() != null) {
      WordsField title = new WordsField(OfRun.TITLE);
      title.set(List.of(run.title()));
      document.add(title);
    }
    number(OfRun.STARTED, Fields.time(run.startedAt()));
    number(OfRun.ENDED, run.endedAt() == null ? null : (Long) Fields.time(run.endedAt()));
    number(OfRun.DURATION, run.durationMillis());
    number(OfRun.EVENTS, run.events());
    number(OfRun.ERRORS, (long) run.errors());
    number(OfRun.WAITS, (long) run.waits());
    number(OfRun.VIOLATIONS, (long) run.violations());
    number(OfRun.LAST_OBSERVED, Fields.time(run.lastObservedAt()));
    TokenUsage usage = run.usage();
    if (usage != null) {
      number(OfRun.TOKENS, usage.effectiveTotal());
      if (usage.costUsd() != null) {
        document.add(new DoubleField(OfRun.COST, usage.costUsd(), Field.Store.NO));
      }
    }
    columns(run);
    waiting.open().stream()
        .map(Wait::openedAt)
        .min(java.time.Instant::compareTo)
        .ifPresent(since -> number(OfRun.WAITING_SINCE, Fields.time(since)));
  }

  /** What runs are added up by, read for each of a million runs: values only, no terms. */
  private void columns(RunSummary run) {
    by(By.STATE, run.state().word());
    by(By.VERDICT, run.verdict().word());
    by(By.DIALECT, run.dialect());
    by(By.SOURCE, run.key().source());
    by(By.AGENT, run.agent());
    by(By.THREAD, run.thread());
    by(By.TASK, run.task());
    by(By.PARENT, run.parentRun());
    String reason = run.reason();
    by(By.REASON, reason == null ? null : reason.substring(0, cut(reason)));
    TokenUsage usage = run.usage();
    if (usage != null) {
      column(OfRun.INPUT_TOKENS, usage.input());
      column(OfRun.OUTPUT_TOKENS, usage.output());
      column(OfRun.CACHED_INPUT_TOKENS, usage.cachedInput());
      column(OfRun.CACHE_WRITE_TOKENS, usage.cacheWrite());
      column(OfRun.REASONING_TOKENS, usage.reasoning());
    }
  }

  private static int cut(String reason) {
    int end = Math.min(reason.length(), MAX_REASON);
    return end < reason.length() && Character.isHighSurrogate(reason.charAt(end - 1))
        ? end - 1
        : end;
  }

  private void by(By what, @Nullable String value) {
    if (value != null) {
      document.add(new SortedDocValuesField(OfRun.by(what), Fields.term(value)));
    }
  }

  private void column(String name, @Nullable Long value) {
    if (value != null) {
      document.add(new NumericDocValuesField(name, value));
    }
  }

  private void number(String name, @Nullable Long value) {
    if (value != null) {
      document.add(new LongField(name, value, Field.Store.NO));
    }
  }

  private void term(String name, @Nullable String value) {
    if (value != null) {
      bytes(name, Fields.term(value));
    }
  }

  private void bytes(String name, BytesRef value) {
    document.add(new StringField(name, value, Field.Store.NO));
  }
}
