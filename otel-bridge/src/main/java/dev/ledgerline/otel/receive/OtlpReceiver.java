// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.Intake.Alike;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.otel.Signal;
import java.util.ArrayList;
import java.util.List;

/**
 * OTLP without HTTP or gRPC: a body that was read and inflated goes in, what to answer comes out,
 * and between the two every item is durable or named as rejected.
 *
 * <p>Every record has an identity of its own (see {@link OtlpDialect}), so an export can be sent
 * again at will: what was stored of it before counts as a duplicate, and that is no rejection.
 */
public final class OtlpReceiver {
  /**
   * Records go to the intake in batches of about this size, so that the resource that each of them
   * repeats is in memory a few thousand times at most.
   */
  static final long BATCH_BYTES = 8L << 20;

  /**
   * Size of all records of one export. Each repeats its resource: this is what keeps a resource of
   * a megabyte with a hundred thousand tiny spans from filling the disk. Honest exports of the 64
   * MiB that a body may have stay far below.
   */
  static final long MAX_RECORD_BYTES = 512L << 20;

  /** Reasons that an answer names; the quarantine has them all. */
  private static final int REASONS = 5;

  private final Intake intake;
  private final ExportReader reader = new ExportReader();

  public OtlpReceiver(Intake intake) {
    this.intake = intake;
  }

  /** Takes a request that fills its array. */
  public OtlpAnswer receive(Signal signal, byte[] body, Encoding encoding, Context context)
      throws InterruptedException {
    return receive(signal, body, body.length, encoding, context);
  }

  /**
   * Takes one {@code Export…ServiceRequest}.
   *
   * @param body inflated and within the limits of the transport; may be longer than the request
   * @param length of the request
   */
  public OtlpAnswer receive(
      Signal signal, byte[] body, int length, Encoding encoding, Context context)
      throws InterruptedException {
    ExportRecords records;
    try {
      records = reader.read(signal, body, length, encoding);
    } catch (UnreadableExportException e) {
      return OtlpAnswer.refused(encoding, 400, String.valueOf(e.getMessage()));
    }
    if (records.bytes() > MAX_RECORD_BYTES) {
      return OtlpAnswer.refused(
          encoding,
          413,
          "The resource and scope of each item repeated, this export has more than %,d bytes."
              .formatted(MAX_RECORD_BYTES));
    }
    try {
      Outcome outcome = store(signal, records, context);
      return outcome.rejected == 0 && records.wrong() == 0
          ? OtlpAnswer.accepted(encoding)
          : OtlpAnswer.partlyAccepted(
              encoding, signal, outcome.rejected, outcome.message(records.wrong()));
    } catch (IntakeUnavailableException e) {
      int status = e.reason() == IntakeUnavailableException.Reason.RATE_LIMITED ? 429 : 503;
      return OtlpAnswer.refused(
          encoding, status, String.valueOf(e.getMessage()), e.retryAfterSeconds());
    }
  }

  private Outcome store(Signal signal, ExportRecords records, Context context)
      throws IntakeUnavailableException, InterruptedException {
    Outcome outcome = new Outcome(signal);
    Batch batch = new Batch();
    for (ExportRecords.Group group : records.groups()) {
      int first = 0;
      for (int i = 0; i < group.items().count(); i++) {
        batch.bytes += group.head().length + group.items().bytes(i);
        if (batch.bytes >= BATCH_BYTES) {
          batch.add(group, first, i + 1);
          outcome.add(intake.takeAlike(OtlpDialect.NAME, batch.records, context), batch);
          batch = new Batch();
          first = i + 1;
        }
      }
      batch.add(group, first, group.items().count());
    }
    if (!batch.records.isEmpty()) {
      outcome.add(intake.takeAlike(OtlpDialect.NAME, batch.records, context), batch);
    }
    return outcome;
  }

  /** Records that go to the intake together. */
  private static final class Batch {
    private final List<Alike> records = new ArrayList<>();
    private long bytes;

    void add(ExportRecords.Group group, int from, int to) {
      if (from < to) {
        records.add(new Alike(group.head(), new Range(group.items(), from, to)));
      }
    }

    byte[] record(int index) {
      int left = index;
      for (Alike alike : records) {
        if (left < alike.items().count()) {
          return alike.record(left);
        }
        left -= alike.items().count();
      }
      throw new IndexOutOfBoundsException(index);
    }
  }

  /** Some of the items of a group: those in {@code [from, to)}. */
  private record Range(Intake.Items all, int from, int to) implements Intake.Items {
    @Override
    public int count() {
      return to - from;
    }

    @Override
    public Intake.Item item(int index) {
      return all.item(from + index);
    }
  }

  /** The receipts of all batches, added up. */
  private static final class Outcome {
    private final Signal signal;
    private int received;
    private int rejectedRecords;
    private long rejected;
    private final List<String> reasons = new ArrayList<>();

    Outcome(Signal signal) {
      this.signal = signal;
    }

    void add(Receipt receipt, Batch batch) {
      for (Receipt.ItemError error : receipt.errors()) {
        rejected += signal == Signal.METRICS ? DataPoints.in(batch.record(error.index())) : 1;
        if (reasons.size() < REASONS) {
          Rejection why = error.rejection();
          String where = why.pointer() == null ? "" : why.pointer() + ": ";
          reasons.add(
              "%s %d: %s%s (%s)"
                  .formatted(
                      signal.member(),
                      received + error.index(),
                      where,
                      why.message(),
                      why.code().word()));
        }
      }
      received += receipt.received();
      rejectedRecords += receipt.rejected();
    }

    String message(int wrong) {
      List<String> parts = new ArrayList<>();
      if (rejectedRecords > 0) {
        String more = rejectedRecords > reasons.size() ? "; …" : "";
        parts.add(
            "%d of %d %s rejected: %s%s"
                .formatted(
                    rejectedRecords, received, signal.records(), String.join("; ", reasons), more));
      }
      if (wrong > 0) {
        parts.add(
            wrong + " values are not what the protocol allows where they stand; kept as they came");
      }
      return String.join(". ", parts);
    }
  }
}
