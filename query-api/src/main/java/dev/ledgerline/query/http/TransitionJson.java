// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.run.Transition;
import java.io.IOException;

/** A change of state. */
final class TransitionJson {
  private TransitionJson() {}

  static void write(JsonOut out, Transition change) throws IOException {
    out.object(
        o ->
            o.number("seq", change.seq())
                .time("at", change.at())
                .word("entity", change.entity())
                .text("entity_id", change.entityId())
                .word("from", change.from())
                .word("to", change.to())
                .text("native_from", change.nativeFrom())
                .text("native_to", change.nativeTo())
                .text("reason", change.reason())
                .yesNo("legal", change.legal())
                .text("clause", change.clause())
                .word("quality", change.quality()));
  }
}
