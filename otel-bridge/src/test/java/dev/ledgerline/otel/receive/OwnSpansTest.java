// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the spans of a program that calls models itself say of its work. */
class OwnSpansTest {
  @ParameterizedTest
  @CsvSource({
    "'TimeoutError: ', TIMED_OUT",
    "'CancelledError: ', CANCELED",
    "'ValueError: no such city', FAILED"
  })
  void itsOwnSpanSaysHowTheWorkEnded(String message, State state) throws Exception {
    ToldSpans spans = new ToldSpans("my.app");
    spans.span(1, 1, "handle").failing(message).tell();

    assertEquals(state, spans.run(trace(1)).state());
  }
}
