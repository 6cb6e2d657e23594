// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.http;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.http.Body;
import dev.ledgerline.collector.http.BodyException;
import dev.ledgerline.collector.http.BodyReader;
import dev.ledgerline.collector.http.ContextHeaders;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.log.Entry;
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpAnswer;
import dev.ledgerline.otel.receive.OtlpDialect;
import dev.ledgerline.otel.receive.OtlpReceiver;
import dev.ledgerline.otel.receive.Signal;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Locale;

/**
 * {@code POST /v1/traces}, {@code /v1/logs} and {@code /v1/metrics}: bodies are read like those of
 * events, and answered as OTLP says. Stands here because the collector and the bridge do not know
 * each other.
 */
public final class OtlpRoutes {
  private final OtlpReceiver receiver;
  private final Collector collector;
  private final BodyReader bodies;
  private final ContextHeaders headers;
  private final InstantSource clock;

  public OtlpRoutes(Collector collector, Admission admission, InstantSource clock) {
    this.collector = collector;
    this.receiver = new OtlpReceiver(collector);
    this.bodies = new BodyReader(collector.limits(), admission);
    this.headers = new ContextHeaders(collector.limits());
    this.clock = clock;
  }

  public void register(JavalinConfig config) {
    for (Signal signal : Signal.values()) {
      config.routes.post(signal.path(), request -> take(signal, request));
    }
  }

  private void take(Signal signal, Context request) {
    Encoding encoding = Encoding.of(request.req().getContentType());
    if (encoding == null) {
      reply(
          request,
          OtlpAnswer.refused(
              Encoding.JSON, 415, "Content-Type is application/x-protobuf or application/json"));
      return;
    }
    try (Body body = read(request)) {
      Origin origin;
      try {
        origin = headers.read(request::header, Door.keyName(request));
      } catch (DeliveryRefusedException e) {
        keep(body.bytes(), body.length(), unnamed(request), e);
        throw e;
      }
      OtlpAnswer answer =
          receiver.receive(signal, body.bytes(), body.length(), encoding, context(origin));
      if (answer.status() == 400) {
        // No item of it could be told apart: it counts as one rejected record and is kept as one.
        keep(
            body.bytes(),
            body.length(),
            origin,
            new DeliveryRefusedException(
                DeliveryRefusedException.Code.BAD_REQUEST,
                "this is no export of " + signal.name().toLowerCase(Locale.ROOT)));
      }
      reply(request, answer);
    } catch (DeliveryRefusedException e) {
      reply(request, refused(encoding, e));
    } catch (IntakeUnavailableException e) {
      int status = e.reason() == IntakeUnavailableException.Reason.RATE_LIMITED ? 429 : 503;
      reply(
          request,
          OtlpAnswer.refused(
              encoding, status, String.valueOf(e.getMessage()), e.retryAfterSeconds()));
    } catch (IOException e) {
      reply(request, OtlpAnswer.refused(encoding, 400, "the body could not be read to its end"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reply(request, OtlpAnswer.refused(encoding, 503, "the server is shutting down", 1));
    }
  }

  private Body read(Context request)
      throws DeliveryRefusedException,
          IntakeUnavailableException,
          IOException,
          InterruptedException {
    try {
      return bodies.read(
          request.req().getInputStream(),
          request.header("Content-Encoding"),
          request.req().getContentLengthLong());
    } catch (BodyException e) {
      if (e.refusal().code().status() == 400) {
        keep(e.beginning(), e.beginning().length, unnamed(request), e.refusal());
      }
      throw e.refusal();
    }
  }

  /** What is answered with 400 counts as one rejected record. */
  private void keep(byte[] body, int length, Origin origin, DeliveryRefusedException why)
      throws IntakeUnavailableException, InterruptedException {
    collector.refuse(body, length, OtlpDialect.NAME, origin, why);
  }

  /** Where the headers do not say, or not yet: the key alone says who sends. */
  private static Origin unnamed(Context request) {
    return new Origin(Door.keyName(request), null, null, Entry.Headers.NONE);
  }

  private dev.ledgerline.event.Context context(Origin origin) {
    return new dev.ledgerline.event.Context(
        origin.source() == null ? OtlpDialect.NAME : origin.source(),
        null,
        null,
        origin.ids().run(),
        origin.ids().thread(),
        origin.ids().agent(),
        origin.ids().task(),
        clock.instant());
  }

  private static OtlpAnswer refused(Encoding encoding, DeliveryRefusedException e) {
    return OtlpAnswer.refused(encoding, e.code().status(), String.valueOf(e.getMessage()));
  }

  private static void reply(Context request, OtlpAnswer answer) {
    Integer retryAfter = answer.retryAfterSeconds();
    if (retryAfter != null) {
      request.header("Retry-After", retryAfter.toString());
    }
    request
        .status(answer.status())
        .contentType(answer.encoding().mediaType())
        .result(answer.body());
  }
}
