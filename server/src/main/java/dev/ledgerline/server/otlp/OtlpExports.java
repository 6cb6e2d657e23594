// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.otlp;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.OutcomeUnknownException;
import dev.ledgerline.collector.http.Body;
import dev.ledgerline.collector.http.BodyException;
import dev.ledgerline.collector.http.BodyReader;
import dev.ledgerline.collector.http.ContextHeaders;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.log.Entry;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpAnswer;
import dev.ledgerline.otel.receive.OtlpDialect;
import dev.ledgerline.otel.receive.OtlpReceiver;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes exports from any transport: reads the body within the limits, hands it to the receiver, and
 * always has an answer.
 */
public final class OtlpExports {
  private static final Logger log = LoggerFactory.getLogger(OtlpExports.class);

  private final OtlpReceiver receiver;
  private final Collector collector;
  private final BodyReader bodies;
  private final ContextHeaders headers;
  private final InstantSource clock;

  public OtlpExports(Collector collector, Admission admission, InstantSource clock) {
    this.collector = collector;
    this.receiver = new OtlpReceiver(collector);
    this.bodies = new BodyReader(collector.limits(), admission);
    this.headers = new ContextHeaders(collector.limits());
    this.clock = clock;
  }

  /**
   * One request as its transport sees it.
   *
   * @param header by name, null where it was not sent
   * @param keyName of the API key that it came with
   */
  public record Sender(Function<String, @Nullable String> header, @Nullable String keyName) {}

  /**
   * Takes one export; returns when it is durable, or why it is not.
   *
   * @param coding how the body is compressed, null for not
   * @param declaredLength of the body as it comes, -1 where nobody said
   */
  public OtlpAnswer take(
      Signal signal,
      Encoding encoding,
      Sender sender,
      InputStream in,
      @Nullable String coding,
      long declaredLength) {
    try (Body body = bodies.read(in, coding, declaredLength)) {
      return take(signal, encoding, sender, body);
    } catch (BodyException e) {
      if (e.senderGone()) {
        // it sends again what was not answered, so half of it is no record of its own
        return OtlpAnswer.refused(encoding, 503, String.valueOf(e.getMessage()), 1);
      }
      return refused(encoding, sender, e.beginning(), e.beginning().length, e.refusal());
    } catch (IntakeUnavailableException e) {
      return unavailable(encoding, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OtlpAnswer.refused(encoding, 503, "the server is shutting down", 1);
    } catch (OutcomeUnknownException e) {
      // sent again, it is stored once: that is what a sender does after 503
      log.error("the log failed under an export", e);
      return OtlpAnswer.refused(encoding, 503, String.valueOf(e.getMessage()), 1);
    } catch (RuntimeException e) {
      log.error("an export of {} failed", signal, e);
      return OtlpAnswer.refused(encoding, 500, "an error of ours; it is in the server's log");
    }
  }

  private OtlpAnswer take(Signal signal, Encoding encoding, Sender sender, Body body)
      throws InterruptedException {
    Origin origin;
    try {
      origin = headers.read(sender.header, sender.keyName);
    } catch (DeliveryRefusedException e) {
      return refused(encoding, sender, body.bytes(), body.length(), e);
    }
    OtlpAnswer answer =
        receiver.receive(signal, body.bytes(), body.length(), encoding, context(origin));
    if (answer.status() == 400) {
      // No item of it could be told apart: it counts as one rejected record and is kept as one.
      DeliveryRefusedException why =
          new DeliveryRefusedException(
              DeliveryRefusedException.Code.BAD_REQUEST,
              "this is no export of " + signal.name().toLowerCase(Locale.ROOT));
      OtlpAnswer unkept = keep(encoding, body.bytes(), body.length(), origin, why);
      return unkept == null ? answer : unkept;
    }
    return answer;
  }

  private OtlpAnswer refused(
      Encoding encoding, Sender sender, byte[] body, int length, DeliveryRefusedException e) {
    if (e.code().status() == 400) {
      try {
        // where the headers do not say, or not yet, the key alone says who sends
        Origin unnamed = new Origin(sender.keyName, null, null, Entry.Headers.NONE);
        OtlpAnswer unkept = keep(encoding, body, length, unnamed, e);
        if (unkept != null) {
          return unkept;
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return OtlpAnswer.refused(encoding, e.code().status(), String.valueOf(e.getMessage()));
  }

  /**
   * What is answered with 400 counts as one rejected record; an answer only where it was not kept.
   */
  private @Nullable OtlpAnswer keep(
      Encoding encoding, byte[] body, int length, Origin origin, DeliveryRefusedException why)
      throws InterruptedException {
    try {
      collector.refuse(body, length, OtlpDialect.NAME, origin, why);
      return null;
    } catch (IntakeUnavailableException e) {
      return unavailable(encoding, e);
    }
  }

  private static OtlpAnswer unavailable(Encoding encoding, IntakeUnavailableException e) {
    int status = e.reason() == IntakeUnavailableException.Reason.RATE_LIMITED ? 429 : 503;
    return OtlpAnswer.refused(
        encoding, status, String.valueOf(e.getMessage()), e.retryAfterSeconds());
  }

  private Context context(Origin origin) {
    return new Context(
        origin.source() == null ? OtlpDialect.NAME : origin.source(),
        null,
        null,
        origin.ids().run(),
        origin.ids().thread(),
        origin.ids().agent(),
        origin.ids().task(),
        clock.instant());
  }
}
