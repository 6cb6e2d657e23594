// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.lint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ledgerline.collector.Trial.Outcome;
import dev.ledgerline.event.Event;
import dev.ledgerline.run.RunSummary;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A report as JSON, written as it comes:
 *
 * <pre>
 * {"records":[{"index":0,"line":1,"dialect":"…","status":"stored","events":[{"kind","run_id","summary","flags"}],
 *              "error":null | {"code","pointer","message"}}],
 *  "findings":[{"line","code","run_id","pointer","clause","message"}],
 *  "runs":[{"run_id","source","line","dialect","state","verdict","violations","events","wholly","unknown":["…"]}],
 *  "summary":{"records","events","duplicates","rejected","runs","findings","by_dialect":{},"by_kind":{}}}
 * </pre>
 */
public final class LintJson implements Closeable {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator out;
  private final boolean listed;
  private long index;

  /**
   * Begins.
   *
   * @param records whether records are listed, too
   * @param to stays open
   */
  public LintJson(OutputStream to, boolean records) throws IOException {
    this.out = JSON.createGenerator(to).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    this.listed = records;
    out.writeStartObject();
    if (records) {
      out.writeArrayFieldStart("records");
    }
  }

  /** Lists a record; {@link Lint.Records}. */
  public void record(long line, Outcome outcome) {
    if (!listed) {
      return;
    }
    try {
      out.writeStartObject();
      out.writeNumberField("index", index++);
      out.writeNumberField("line", line);
      switch (outcome) {
        case Outcome.Stored stored -> {
          text("dialect", stored.dialect());
          text("status", "stored");
          out.writeArrayFieldStart("events");
          for (Event event : stored.events()) {
            event(event);
          }
          out.writeEndArray();
          out.writeNullField("error");
        }
        case Outcome.Duplicate duplicate -> {
          text("dialect", duplicate.dialect());
          text("status", "duplicate");
          out.writeArrayFieldStart("events");
          out.writeEndArray();
          out.writeNullField("error");
        }
        case Outcome.Rejected rejected -> {
          text("dialect", rejected.dialect());
          text("status", "rejected");
          out.writeArrayFieldStart("events");
          out.writeEndArray();
          out.writeObjectFieldStart("error");
          text("code", rejected.rejection().code().word());
          text("pointer", rejected.rejection().pointer());
          text("message", rejected.rejection().message());
          out.writeEndObject();
        }
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void event(Event event) throws IOException {
    out.writeStartObject();
    text("kind", event.kind().word());
    text("run_id", event.scope().run());
    text("summary", event.summary());
    out.writeArrayFieldStart("flags");
    for (var flag : event.flags()) {
      out.writeString(flag.word());
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** Ends with what was found. */
  public void report(LintReport report) throws IOException {
    if (listed) {
      out.writeEndArray();
    }
    out.writeArrayFieldStart("findings");
    for (Finding finding : report.findings()) {
      out.writeStartObject();
      out.writeNumberField("line", finding.line());
      text("code", finding.code());
      text("run_id", finding.run());
      text("pointer", finding.pointer());
      text("clause", finding.clause());
      text("message", finding.message());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("runs");
    for (LintReport.Judged judged : report.runs()) {
      run(judged);
    }
    out.writeEndArray();
    out.writeObjectFieldStart("summary");
    out.writeNumberField("records", report.records());
    out.writeNumberField("events", report.events());
    out.writeNumberField("duplicates", report.duplicates());
    out.writeNumberField("rejected", report.rejected());
    out.writeNumberField("runs", report.runsInAll());
    out.writeNumberField("findings", report.findingsInAll());
    counts("by_dialect", report.byDialect());
    counts("by_kind", report.byKind());
    out.writeEndObject();
    out.writeEndObject();
    out.flush();
  }

  private void run(LintReport.Judged judged) throws IOException {
    RunSummary run = judged.summary();
    out.writeStartObject();
    text("run_id", run.key().run());
    text("source", run.key().source());
    out.writeNumberField("line", judged.line());
    text("dialect", run.dialect());
    text("state", run.state().word());
    text("verdict", run.verdict().word());
    out.writeNumberField("violations", run.violations());
    out.writeNumberField("events", run.events());
    out.writeBooleanField("wholly", judged.wholly());
    out.writeArrayFieldStart("unknown");
    for (String unknown : judged.verdict().unknown()) {
      out.writeString(unknown);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private void counts(String name, Map<String, Long> counts) throws IOException {
    out.writeObjectFieldStart(name);
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      out.writeNumberField(count.getKey(), count.getValue());
    }
    out.writeEndObject();
  }

  private void text(String name, @Nullable String value) throws IOException {
    if (value == null) {
      out.writeNullField(name);
    } else {
      out.writeStringField(name, value);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
