// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.event.Word;
import java.util.List;
import java.util.Map;

/**
 * A number that is watched, as Prometheus names it.
 *
 * @param name with its unit, for example {@code ledgerline_log_bytes}
 * @param help one line
 */
public record Metric(String name, Type type, String help, List<Sample> samples) {
  /** How it moves. */
  public enum Type implements Word {
    /** Only upwards. */
    COUNTER,
    GAUGE
  }

  /** Its value for one set of labels. */
  public record Sample(Map<String, String> labels, double value) {}

  public static Metric of(String name, Type type, String help, double value) {
    return new Metric(name, type, help, List.of(new Sample(Map.of(), value)));
  }
}
