// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.Redaction;
import dev.ledgerline.collector.Trial;
import dev.ledgerline.collector.file.Joining;
import dev.ledgerline.collector.lint.Finding;
import dev.ledgerline.collector.lint.Lint;
import dev.ledgerline.collector.lint.LintJson;
import dev.ledgerline.collector.lint.LintReport;
import dev.ledgerline.event.Dialect;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges logs without a server. */
@Command(
    name = "lint",
    description = {
      "Say what is wrong with logs, without storing them and without a server: records that cannot",
      "be read, fields that break the schema, and what the state machines do not allow."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Each finding is a line: FILE:LINE: CLAUSE: MESSAGE. Exit code 1: there are findings.",
      "Example: ledgerline lint run.jsonl",
      "Example: curl -sN http://agent/events | ledgerline lint --dialect agentic -"
    })
public final class LintCommand implements Callable<Integer> {
  /** Findings of one file that are printed; the summary counts all. */
  private static final int PRINTED = 200;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RecordOptions told = new RecordOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|-",
      description = "What to judge, each by itself; .gz is decompressed, - is standard input.")
  private List<String> inputs = List.of();

  @Option(
      names = "--records",
      description = "With --json: list what each record became, too, as POST /v1/lint does.")
  private boolean records;

  @Option(names = "--json", description = "Print a line of JSON for each input and nothing else.")
  private boolean json;

  private final InputStream in;
  private final List<Dialect> dialects;

  /**
   * A command that has not begun.
   *
   * @param in standard input
   * @param dialects in the order in which they may claim a record
   */
  public LintCommand(InputStream in, List<Dialect> dialects) {
    this.in = in;
    this.dialects = dialects;
  }

  @Override
  public Integer call() throws IOException {
    for (String input : inputs) {
      if (!input.equals("-") && !Files.isRegularFile(Path.of(input))) {
        throw Failure.usage("there is no file " + input);
      }
    }
    long findings = 0;
    byte[] key = new byte[32]; // what is hidden is to be the same only within this report
    new SecureRandom().nextBytes(key);
    Redaction redaction = Redaction.on(key);
    for (String input : inputs) {
      LintReport report;
      try (InputStream bytes = open(input)) {
        report = lint(bytes, redaction);
      } catch (DeliveryRefusedException e) {
        throw Failure.usage(input + ": " + e.getMessage());
      }
      findings += report.findingsInAll();
      if (!json) {
        print(input, report);
      }
    }
    return findings == 0 ? 0 : Failure.FINDING;
  }

  private InputStream open(String input) throws IOException {
    if (input.equals("-")) {
      return in;
    }
    InputStream file = Files.newInputStream(Path.of(input));
    return input.endsWith(".gz") ? new GZIPInputStream(file, 1 << 16) : file;
  }

  private LintReport lint(InputStream bytes, Redaction redaction)
      throws IOException, DeliveryRefusedException {
    Origin origin = new Origin(null, null, null, told.headers());
    Trial trial =
        new Trial(dialects, Limits.DEFAULT, redaction, told.dialect(), origin, Instant.now());
    LintedInput input = new LintedInput(bytes, Joining.USUAL, Limits.DEFAULT);
    if (!json) {
      Lint lint = new Lint(trial, origin, (line, outcome) -> {});
      input.into(lint);
      return lint.end();
    }
    PrintWriter out = spec.commandLine().getOut();
    try (LintJson report = new LintJson(new WriterStream(out), records)) {
      Lint lint = new Lint(trial, origin, report::record);
      input.into(lint);
      LintReport ended = lint.end();
      report.report(ended);
      out.println();
      out.flush();
      return ended;
    }
  }

  private void print(String input, LintReport report) {
    PrintWriter out = spec.commandLine().getOut();
    String name = Visible.line(input);
    int printed = 0;
    for (Finding finding : report.findings()) {
      if (printed++ == PRINTED) {
        break;
      }
      String at = finding.pointer() == null ? "" : " (" + finding.pointer() + ")";
      String of = finding.run() == null ? "" : " [run " + finding.run() + "]";
      out.println(
          name
              + ":"
              + finding.line()
              + ": "
              + Visible.line(finding.clause() + ": " + finding.message() + at + of));
    }
    if (report.findingsInAll() > printed) {
      out.println(name + ": " + (report.findingsInAll() - printed + 1) + " more findings");
    }
    out.println(
        "%s: %d records (%s), %d events, %d runs, %d findings"
            .formatted(
                name,
                report.records(),
                String.join(", ", report.byDialect().keySet()),
                report.events(),
                report.runsInAll(),
                report.findingsInAll()));
    for (LintReport.Judged judged : report.runs()) {
      if (!judged.wholly()) {
        out.println(
            name
                + ": run "
                + Visible.line(judged.summary().key().run())
                + " was not judged to its"
                + " end: it is too long");
      }
    }
    out.flush();
  }

  /** The bytes of a JSON generator as text of the command line. */
  private static final class WriterStream extends java.io.OutputStream {
    private final PrintWriter out;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    WriterStream(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void write(int b) {
      pending.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      pending.write(bytes, offset, length);
      if (pending.size() > 1 << 16) {
        drain(pending.toByteArray());
      }
    }

    /** Whole characters only. */
    private void drain(byte[] bytes) {
      int end = bytes.length;
      while (end > 0 && (bytes[end - 1] & 0xc0) == 0x80) {
        end--;
      }
      end = end == 0 || bytes[end - 1] >= 0 ? end : end - 1;
      out.write(new String(bytes, 0, end, StandardCharsets.UTF_8));
      pending.reset();
      pending.write(bytes, end, bytes.length - end);
    }

    @Override
    public void flush() {
      out.write(pending.toString(StandardCharsets.UTF_8));
      pending.reset();
      out.flush();
    }
  }
}
