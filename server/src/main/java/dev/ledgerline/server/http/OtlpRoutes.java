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
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpAnswer;
import dev.ledgerline.otel.receive.OtlpDialect;
import dev.ledgerline.otel.receive.OtlpReceiver;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.InstantSource;

/**
 * {@code POST /v1/traces}: bodies are read like those of events, and answered as OTLP says. Stands
 * here because the collector and the bridge do not know each other.
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
    config.routes.post("/v1/traces", this::traces);
  }

  private void traces(Context request) {
    Encoding encoding = Encoding.of(request.req().getContentType());
    if (encoding == null) {
      reply(
          request,
          OtlpAnswer.refused(
              Encoding.JSON, 415, "Content-Type is application/x-protobuf or application/json"));
      return;
    }
    try (Body body =
        bodies.read(
            request.req().getInputStream(),
            request.header("Content-Encoding"),
            request.req().getContentLengthLong())) {
      Origin origin = headers.read(request::header, Door.keyName(request));
      OtlpAnswer answer = receiver.receive(body.bytes(), body.length(), encoding, context(origin));
      if (answer.status() == 400) {
        // No span of it could be told apart: it counts as one rejected record and is kept as one.
        collector.refuse(
            body.bytes(),
            body.length(),
            OtlpDialect.NAME,
            origin,
            new DeliveryRefusedException(
                DeliveryRefusedException.Code.BAD_REQUEST, "this is no export of spans"));
      }
      reply(request, answer);
    } catch (BodyException e) {
      reply(request, refused(encoding, e.refusal()));
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
