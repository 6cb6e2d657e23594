// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.export.LoopbackTarget.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpTransportTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "90, PT90S",
    "86400, PT24H",
    "'Sat, 21 Nov 2026 12:00:30 GMT', PT30S",
    "'Sun, 22 Nov 2026 12:00:00 GMT', PT24H",
    "'Fri, 20 Nov 2026 12:00:00 GMT', PT0S",
    "soon,",
    "99999999999999999999,"
  })
  void howLongToLeaveItAloneIsToldInSecondsOrAsATime(String told, @Nullable Duration after)
      throws Exception {
    Answer answer = answer(new Reply(503, Map.of("Retry-After", told), new byte[0]));
    assertEquals(after, assertInstanceOf(Answer.Busy.class, answer).after());
  }

  /** As some backends do. */
  @ParameterizedTest
  @ValueSource(strings = {"application/x-protobuf", "application/json", "text/plain"})
  void aSuccessWithAnythingButAWebPageIsOne(String type) throws Exception {
    Map<String, String> headers = Map.of("Content-Type", type);
    assertEquals(
        Answer.Accepted.ALL, answer(new Reply(200, headers, "\u0001{garbage".getBytes(UTF_8))));
  }

  private static Answer answer(Reply reply) throws Exception {
    try (LoopbackTarget backend = new LoopbackTarget((signal, n, body) -> reply);
        HttpTransport transport =
            new HttpTransport(
                Target.of("a", backend.url()),
                Duration.ofSeconds(20),
                "Ledgerline/1",
                InstantSource.fixed(NOW))) {
      return transport.send(Signal.TRACES, new Request(List.of()));
    }
  }
}
