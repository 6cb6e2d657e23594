// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Counts what a partial success of metrics counts. */
final class DataPoints {
  private static final ObjectMapper JSON = new ObjectMapper();

  private DataPoints() {}

  /** Of the metric in a record; 1 where there is none to be seen, so that it counts at all. */
  static long in(byte[] record) {
    long points = 0;
    try {
      for (JsonNode data : JSON.readTree(record).path("metric")) {
        points += data.path("dataPoints").size();
      }
    } catch (IOException e) {
      // over a limit of the parser, for which it may have been rejected
    }
    return Math.max(1, points);
  }
}
