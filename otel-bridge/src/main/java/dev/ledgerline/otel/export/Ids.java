// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.ByteString;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.TraceIds;

/** {@link TraceIds} as OTLP carries them. */
final class Ids {
  private Ids() {}

  /** 16 bytes. */
  static ByteString trace(RunKey run) {
    return ByteString.copyFrom(TraceIds.trace(run));
  }

  /** 8 bytes: the span of the run itself. */
  static ByteString root(RunKey run) {
    return ByteString.copyFrom(TraceIds.root(run));
  }

  /** 8 bytes: something inside a run. */
  static ByteString span(RunKey run, String kind, String item) {
    return ByteString.copyFrom(TraceIds.span(run, kind, item));
  }
}
