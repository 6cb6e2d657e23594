// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.http;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.Delivery;
import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.DeliveryRefusedException.Code;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.OutcomeUnknownException;
import dev.ledgerline.collector.RecordFormat;
import dev.ledgerline.collector.Trial;
import dev.ledgerline.collector.lint.Lint;
import dev.ledgerline.collector.lint.LintJson;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.IntakeUnavailableException.Reason;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.log.Entry;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/events}, {@code /v1/dialects/{name}}, {@code /v1/lint} and {@code
 * /v1/quarantine/{id}/replay}.
 */
public final class IngestRoutes {
  private static final Logger log = LoggerFactory.getLogger(IngestRoutes.class);

  private final Collector collector;
  private final BodyReader bodies;
  private final ContextHeaders headers;
  private final Function<Context, @Nullable String> keyName;
  private final Function<String, Entry.@Nullable Refused> quarantine;

  /**
   * Routes that are not registered yet.
   *
   * @param keyName the name of the API key of a request, which is its source where it names none
   * @param quarantine a record in quarantine by its id, null where there is none
   */
  public IngestRoutes(
      Collector collector,
      Admission admission,
      Function<Context, @Nullable String> keyName,
      Function<String, Entry.@Nullable Refused> quarantine) {
    this.collector = collector;
    this.bodies = new BodyReader(collector.limits(), admission);
    this.headers = new ContextHeaders(collector.limits());
    this.keyName = keyName;
    this.quarantine = quarantine;
  }

  public void register(JavalinConfig config) {
    config.routes.post("/v1/events", ctx -> answer(ctx, () -> take(ctx, null)));
    config.routes.post(
        "/v1/dialects/{name}", ctx -> answer(ctx, () -> take(ctx, ctx.pathParam("name"))));
    config.routes.post("/v1/lint", this::lint);
    config.routes.post(
        "/v1/quarantine/{id}/replay", ctx -> answer(ctx, () -> replay(ctx, ctx.pathParam("id"))));
  }

  private interface Intake {
    Receipt take()
        throws DeliveryRefusedException,
            IntakeUnavailableException,
            IOException,
            InterruptedException;
  }

  private static void answer(Context ctx, Intake intake) {
    boolean items = "true".equals(ctx.queryParam("receipts"));
    guarded(
        ctx,
        () -> {
          Receipt receipt = intake.take();
          ctx.status(receipt.rejected() == 0 ? 202 : 207);
          ctx.contentType("application/json").result(Answers.receipt(receipt, items));
        });
  }

  private interface Work {
    void run()
        throws DeliveryRefusedException,
            IntakeUnavailableException,
            IOException,
            InterruptedException;
  }

  private static void guarded(Context ctx, Work work) {
    try {
      work.run();
    } catch (DeliveryRefusedException e) {
      error(ctx, e.code().status(), e.code().word(), String.valueOf(e.getMessage()));
    } catch (IntakeUnavailableException e) {
      ctx.header("Retry-After", Integer.toString(e.retryAfterSeconds()));
      int status = e.reason() == Reason.RATE_LIMITED ? 429 : 503;
      error(ctx, status, e.reason().word(), String.valueOf(e.getMessage()));
    } catch (OutcomeUnknownException e) {
      log.error("the log failed under a request", e);
      error(ctx, 500, "internal", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      // no body to read at all: the sender is gone
      error(ctx, 400, "truncated", "the body could not be read");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ctx.header("Retry-After", "1");
      error(ctx, 503, "not_ready", "the server is shutting down");
    } catch (RuntimeException e) {
      log.error("{} {} failed", ctx.method(), ctx.endpoint().path, e);
      error(ctx, 500, "internal", "an error of ours; it is in the server's log");
    }
  }

  private static void error(Context ctx, int status, String code, String message) {
    ctx.status(status).contentType("application/json").result(Answers.error(code, message));
  }

  /** Judged and not stored: 200 with the report, whatever is found. */
  private void lint(Context ctx) {
    guarded(
        ctx,
        () -> {
          Origin origin = headers.read(ctx::header, keyName.apply(ctx));
          Trial trial = collector.trial(ctx.queryParam("dialect"), origin);
          RecordFormat format = format(ctx);
          try (Body body = unkept(ctx)) {
            ByteArrayOutputStream report = new ByteArrayOutputStream();
            try (LintJson json = new LintJson(report, true)) {
              Lint lint = new Lint(trial, origin, json::record);
              lint.body(body.bytes(), body.length(), format);
              json.report(lint.end());
            }
            ctx.status(200).contentType("application/json").result(report.toByteArray());
          }
        });
  }

  private Body whole(Context ctx)
      throws BodyException, IntakeUnavailableException, IOException, InterruptedException {
    return bodies.read(
        ctx.req().getInputStream(),
        ctx.header("Content-Encoding"),
        ctx.req().getContentLengthLong());
  }

  /** What is only judged is not kept in quarantine either. */
  private Body unkept(Context ctx)
      throws DeliveryRefusedException,
          IntakeUnavailableException,
          IOException,
          InterruptedException {
    try {
      return whole(ctx);
    } catch (BodyException e) {
      throw e.refusal();
    }
  }

  private static RecordFormat format(Context ctx) throws DeliveryRefusedException {
    RecordFormat format = RecordFormat.of(ctx.req().getContentType());
    if (format == null) {
      throw new DeliveryRefusedException(
          Code.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type is application/json, application/x-ndjson, text/event-stream or text/plain,"
              + " in UTF-8");
    }
    return format;
  }

  private Receipt take(Context ctx, @Nullable String dialect)
      throws DeliveryRefusedException,
          IntakeUnavailableException,
          IOException,
          InterruptedException {
    if (dialect != null && !collector.dialects().contains(dialect)) {
      throw new DeliveryRefusedException(
          Code.UNKNOWN_DIALECT,
          "there is no such dialect; there are " + String.join(", ", collector.dialects()));
    }
    RecordFormat format = format(ctx);
    try (Body body = read(ctx, dialect)) {
      Origin origin;
      try {
        origin = headers.read(ctx::header, keyName.apply(ctx));
      } catch (DeliveryRefusedException e) {
        collector.refuse(body.bytes(), body.length(), dialect, fallback(ctx), e);
        throw e;
      }
      boolean items = "true".equals(ctx.queryParam("receipts"));
      return collector.take(
          new Delivery(body.bytes(), body.length(), format, dialect, origin, items));
    }
  }

  private Body read(Context ctx, @Nullable String dialect)
      throws DeliveryRefusedException,
          IntakeUnavailableException,
          IOException,
          InterruptedException {
    try {
      return whole(ctx);
    } catch (BodyException e) {
      if (e.refusal().code().status() == 400) {
        byte[] beginning = e.beginning();
        collector.refuse(beginning, beginning.length, dialect, fallback(ctx), e.refusal());
      }
      throw e.refusal();
    }
  }

  /** Where the headers cannot be read, or not yet: the key alone says who sends. */
  private Origin fallback(Context ctx) {
    try {
      return headers.read(ctx::header, keyName.apply(ctx));
    } catch (DeliveryRefusedException e) {
      return new Origin(keyName.apply(ctx), null, null, Entry.Headers.NONE);
    }
  }

  private Receipt replay(Context ctx, String id)
      throws DeliveryRefusedException,
          IntakeUnavailableException,
          IOException,
          InterruptedException {
    Entry.Refused refused = quarantine.apply(id);
    if (refused == null) {
      throw new DeliveryRefusedException(
          Code.NOT_FOUND, "there is nothing with that id in quarantine");
    }
    try (Body body = read(ctx, refused.dialect())) {
      byte[] repaired = body.length() == 0 ? null : Arrays.copyOf(body.bytes(), body.length());
      return collector.replay(refused, repaired);
    }
  }
}
