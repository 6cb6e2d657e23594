// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.run.RunFold.Placed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Makes the document of an event. The fields are made once and filled anew for each event, so one
 * is used by one thread and its document must be written before the next is made.
 */
final class EventDocument {
  /** Terms of values that come again and again, so that each is encoded once. */
  private static final int MAX_KNOWN_TERMS = 4_096;

  private final Map<String, BytesRef> knownTerms =
      new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, BytesRef> eldest) {
          return size() > MAX_KNOWN_TERMS;
        }
      };

  private final List<IndexableField> document = new ArrayList<>(24);
  private final Map<String, StringField> terms = new HashMap<>();
  private final Field ordinal = NumericDocValuesField.indexedField(OfEvent.ORDINAL, 0);
  private final Field observed = NumericDocValuesField.indexedField(OfEvent.OBSERVED, 0);
  private final Field occurred = NumericDocValuesField.indexedField(OfEvent.OCCURRED, 0);
  private final Field seq = new LongField(OfEvent.SEQ, 0, Field.Store.NO);
  private final Field runNumber = new NumericDocValuesField(OfEvent.RUN_NUMBER, 0);
  private final Field flags = new NumericDocValuesField(OfEvent.FLAGS, 0);
  private final Field placed = new BinaryDocValuesField(OfEvent.PLACED, new BytesRef());
  private final WordsField text = new WordsField(OfEvent.TEXT);
  private final WordsField error = new WordsField(OfEvent.ERROR);

  /**
   * The document of an event.
   *
   * @param run null for an event without a run; its seq is not looked at then
   * @param texts what one can find it by
   */
  List<IndexableField> of(
      Event event,
      long ordinal,
      @Nullable BytesRef run,
      long runNumber,
      long seq,
      Placed placed,
      List<String> texts)
      throws IOException {
    document.clear();
    bytes(OfEvent.ID, Fields.id(event.id()));
    number(this.ordinal, ordinal);
    number(observed, Fields.time(event.observedAt()));
    if (event.occurredAt() != null) {
      number(occurred, Fields.time(event.occurredAt()));
    }
    if (run == null) {
      term(OfEvent.MARK, OfEvent.NO_RUN);
    } else {
      bytes(OfEvent.RUN, run);
      number(this.runNumber, runNumber);
      number(this.seq, seq);
    }
    this.placed.setBytesValue(Placement.encode(placed));
    document.add(this.placed);
    if (!placed.flags().isEmpty()) {
      number(flags, Placement.bits(placed.flags()));
    }
    term(OfEvent.THREAD, event.scope().thread());
    term(OfEvent.TASK, event.scope().task());
    term(OfEvent.AGENT, event.scope().agent());
    term(OfEvent.KIND, event.kind().word());
    term(OfEvent.TYPE, event.nativeType());
    term(OfEvent.DIALECT, event.dialect());
    term(OfEvent.SOURCE, event.source());
    Said said = Said.by(event.fact());
    term(OfEvent.TOOL, said.tool);
    unique(OfEvent.CALL, said.call);
    term(OfEvent.MARK, said.mark);
    if (event.scope().task() != null && Tasks.isAboutTask(event.fact())) {
      term(OfEvent.MARK, OfEvent.ABOUT_TASK);
    }
    if (!said.errors.isEmpty()) {
      error.set(said.errors);
      document.add(error);
    }
    if (!texts.isEmpty()) {
      text.set(texts);
      document.add(text);
    }
    return document;
  }

  private void number(Field field, long value) {
    field.setLongValue(value);
    document.add(field);
  }

  private void term(String name, @Nullable String value) {
    if (value != null) {
      bytes(name, knownTerms.computeIfAbsent(value, Fields::term));
    }
  }

  /** A value that hardly comes twice. */
  private void unique(String name, @Nullable String value) {
    if (value != null) {
      bytes(name, Fields.term(value));
    }
  }

  private void bytes(String name, BytesRef value) {
    StringField field = terms.get(name);
    if (field == null || document.contains(field)) {
      field = new StringField(name, value, Field.Store.NO);
      terms.putIfAbsent(name, field);
    }
    field.setBytesValue(value);
    document.add(field);
  }

  /** What the fact alone tells the index. */
  private record Said(
      @Nullable String tool, @Nullable String call, @Nullable String mark, List<String> errors) {
    private static final Said NOTHING = new Said(null, null, null, List.of());

    static Said by(Fact fact) {
      return switch (fact) {
        case Fact.ToolCall call ->
            new Said(call.name(), call.callId(), OfEvent.TOOL_CALLED, List.of());
        case Fact.ToolProgress running ->
            new Said(running.name(), running.callId(), null, List.of());
        case Fact.ToolResult result ->
            new Said(
                result.name(),
                result.callId(),
                result.opens() ? OfEvent.TOOL_CALLED : null,
                errors(result.error()));
        case Fact.ModelRequest request -> new Said(null, request.callId(), null, List.of());
        case Fact.ModelResponse response ->
            new Said(null, response.callId(), null, errors(response.error()));
        case Fact.SpanRecorded span -> {
          boolean tool = span.stepKind() == StepKind.TOOL;
          yield new Said(
              tool ? span.name() : null,
              span.callId(),
              tool ? OfEvent.TOOL_CALLED : null,
              errors(span.error()));
        }
        case Fact.WaitOpened opened -> new Said(null, opened.callId(), null, List.of());
        case Fact.ErrorReported error ->
            new Said(null, null, null, errors(error.category(), error.code(), error.message()));
        case Fact.StateChange change when change.to() == State.FAILED ->
            new Said(null, null, null, errors(change.reason()));
        case Fact.StateChange c -> NOTHING;
        case Fact.RetryScheduled retry -> new Said(null, null, null, errors(retry.error()));
        case Fact.WaitResolved w -> NOTHING;
        case Fact.Message m -> NOTHING;
        case Fact.Reasoning r -> NOTHING;
        case Fact.UsageReported u -> NOTHING;
        case Fact.ArtifactProduced a -> NOTHING;
        case Fact.PlanUpdated p -> NOTHING;
        case Fact.Handoff h -> NOTHING;
        case Fact.Snapshot s -> NOTHING;
        case Fact.Control c -> NOTHING;
        case Fact.LogLine l -> NOTHING;
        case Fact.RuleBroken b -> NOTHING;
        case Fact.PartOf p -> NOTHING;
        case Fact.UnknownFact u -> NOTHING;
      };
    }

    private static List<String> errors(@Nullable String... said) {
      List<String> errors = new ArrayList<>(said.length);
      for (String text : said) {
        if (text != null) {
          errors.add(text);
        }
      }
      return errors;
    }
  }
}
