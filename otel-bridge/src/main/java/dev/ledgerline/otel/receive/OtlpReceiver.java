// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.event.Rejection;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /v1/traces} without the HTTP: a body that was read and inflated goes in, what to
 * answer comes out, and between the two every span is durable or named as rejected.
 *
 * <p>Spans have ids of their own, so an export can be sent again at will: what was stored of it
 * before counts as a duplicate, and that is no rejection.
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

  /**
   * Takes one {@code ExportTraceServiceRequest}.
   *
   * @param body inflated and within the limits of the HTTP side
   */
  public OtlpAnswer receive(byte[] body, Encoding encoding, Context context)
      throws InterruptedException {
    return receive(body, body.length, encoding, context);
  }

  /** The same with a body that is the first {@code length} bytes of a buffer. */
  public OtlpAnswer receive(byte[] body, int length, Encoding encoding, Context context)
      throws InterruptedException {
    SpanRecords records;
    try {
      records = reader.read(body, length, encoding);
    } catch (UnreadableExportException e) {
      return OtlpAnswer.refused(encoding, 400, String.valueOf(e.getMessage()));
    }
    if (records.bytes() > MAX_RECORD_BYTES) {
      return OtlpAnswer.refused(
          encoding,
          413,
          "The resource and scope of each span repeated, this export has more than %,d bytes."
              .formatted(MAX_RECORD_BYTES));
    }
    try {
      Outcome outcome = store(records, context);
      return outcome.rejected == 0
          ? OtlpAnswer.accepted(encoding)
          : OtlpAnswer.partlyAccepted(encoding, outcome.rejected, outcome.message());
    } catch (IntakeUnavailableException e) {
      int status = e.reason() == IntakeUnavailableException.Reason.RATE_LIMITED ? 429 : 503;
      return OtlpAnswer.refused(
          encoding, status, String.valueOf(e.getMessage()), e.retryAfterSeconds());
    }
  }

  private Outcome store(SpanRecords records, Context context)
      throws IntakeUnavailableException, InterruptedException {
    Outcome outcome = new Outcome();
    List<byte[]> batch = new ArrayList<>();
    long batchBytes = 0;
    for (byte[] record : records) {
      batch.add(record);
      batchBytes += record.length;
      if (batchBytes >= BATCH_BYTES) {
        outcome.add(intake.take(OtlpDialect.NAME, batch, context));
        batch = new ArrayList<>();
        batchBytes = 0;
      }
    }
    if (!batch.isEmpty()) {
      outcome.add(intake.take(OtlpDialect.NAME, batch, context));
    }
    return outcome;
  }

  /** The receipts of all batches, added up. */
  private static final class Outcome {
    private int received;
    private int rejected;
    private final List<String> reasons = new ArrayList<>();

    void add(Receipt receipt) {
      for (Receipt.ItemError error : receipt.errors()) {
        if (reasons.size() < REASONS) {
          Rejection why = error.rejection();
          String where = why.pointer() == null ? "" : why.pointer() + ": ";
          reasons.add(
              "span %d: %s%s (%s)"
                  .formatted(received + error.index(), where, why.message(), why.code().word()));
        }
      }
      received += receipt.received();
      rejected += receipt.rejected();
    }

    String message() {
      String more = rejected > reasons.size() ? "; …" : "";
      return "%d of %d spans rejected: %s%s"
          .formatted(rejected, received, String.join("; ", reasons), more);
    }
  }
}
