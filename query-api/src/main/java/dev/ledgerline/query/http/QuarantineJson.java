// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.indexer.RunReader.Quarantined;
import dev.ledgerline.log.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A record that was not stored, and why. */
final class QuarantineJson {
  private QuarantineJson() {}

  static void write(JsonOut out, Quarantined quarantined) throws IOException {
    Entry.Refused entry = quarantined.entry();
    out.object(
        o ->
            o.text("id", entry.id())
                .time("at", entry.observedAt())
                .text("source", entry.source())
                .text("dialect", entry.dialect())
                .word("code", entry.rejection().code())
                .text("pointer", entry.rejection().pointer())
                .text("message", entry.rejection().message())
                .text("record", new String(entry.record(), StandardCharsets.UTF_8))
                .text("state", quarantined.state()));
  }
}
