// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import java.time.Instant;
import java.util.List;

/**
 * Something that agents do, worth looking at.
 *
 * @param name in words with hyphens, for the command line
 * @param about one sentence for people
 */
public record Story(String name, String about, Form form, Plot plot) {
  /** What its records are. */
  public enum Form {
    /** Events of the native form. */
    EVENTS("application/x-ndjson"),
    /** Lines of a log. */
    LOG("text/plain");

    final String mediaType;

    Form(String mediaType) {
      this.mediaType = mediaType;
    }
  }

  /** What happens, in order. */
  @FunctionalInterface
  public interface Plot {
    void tell(Narrator narrator);
  }

  /**
   * Its moments, in the order of their times; the same arguments give the same moments.
   *
   * @param speed how many times faster than people and models really are; 1 is human speed
   */
  public List<Moment> told(long seed, Instant start, double speed) {
    Narrator narrator = new Narrator(name, seed, start, speed);
    plot.tell(narrator);
    return narrator.moments();
  }
}
