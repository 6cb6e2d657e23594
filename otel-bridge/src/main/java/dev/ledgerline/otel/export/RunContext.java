// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import org.jspecify.annotations.Nullable;

/**
 * Where the spans of a run belong; decided at its first event and kept, since what has been sent
 * cannot be moved.
 *
 * @param root the id of the run's own span
 * @param parent the span that called the run, null for none
 * @param foreign its spans came in as OTLP: they are sent as they came, and none is made up
 */
record RunContext(ByteString trace, ByteString root, @Nullable ByteString parent, boolean foreign) {

  /** What is kept of a run after it is gone. */
  Place place() {
    return new Place(trace, root);
  }

  /** A span somewhere. */
  record Place(ByteString trace, ByteString span) {
    Span.Link link(String type) {
      return Span.Link.newBuilder()
          .setTraceId(trace)
          .setSpanId(span)
          .addAllAttributes(new Attributes().text("ledgerline.link.type", type).list())
          .build();
    }
  }
}
