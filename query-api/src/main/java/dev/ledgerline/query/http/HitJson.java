// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.indexer.RunReader.Hit;
import dev.ledgerline.query.EventView;
import java.io.IOException;

/** An event that matches and the text around what matched. */
final class HitJson {
  private HitJson() {}

  static void write(JsonOut out, Hit hit) throws IOException {
    out.object(
        o ->
            o.thing("event", EventView.of(hit.event()), EventJson.PLAIN)
                .texts("fragments", hit.fragments()));
  }
}
