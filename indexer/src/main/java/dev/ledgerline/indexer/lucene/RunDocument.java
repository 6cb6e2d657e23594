// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.TokenUsage;
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
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Makes the document of a run from its summary. */
final class RunDocument {
  private final List<IndexableField> document = new ArrayList<>(40);

  private RunDocument() {}

  static List<IndexableField> of(long number, WaitingRun waiting) {
    RunDocument made = new RunDocument();
    made.add(number, waiting);
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
    waiting.open().stream()
        .map(Wait::openedAt)
        .min(java.time.Instant::compareTo)
        .ifPresent(since -> number(OfRun.WAITING_SINCE, Fields.time(since)));
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
