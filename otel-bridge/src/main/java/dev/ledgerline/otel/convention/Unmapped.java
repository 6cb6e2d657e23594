// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which attributes of a span or a line of a log no convention makes anything of. The conventions
 * read the record once more, and what they did not ask for is left.
 */
public final class Unmapped {
  private Unmapped() {}

  /** In the order of the record; null for metrics, which nothing is read from. */
  public static @Nullable List<String> of(JsonNode record) {
    SpanView view;
    if (record.path("span").isObject()) {
      view = new SpanView(record);
      view.notesWhatIsAsked();
      Spans.read(view);
    } else if (record.path(SpanView.LOG).isObject()) {
      view = SpanView.ofLog(record);
      view.notesWhatIsAsked();
      LogRecords.read(view, record);
    } else {
      return null;
    }
    return view.unmapped();
  }
}
