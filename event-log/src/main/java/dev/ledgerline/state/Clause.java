// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

/**
 * A place in a specification.
 *
 * @param spec the specification's short name
 * @param place section or heading in it; begins with "our reading" where we concluded it
 */
public record Clause(String spec, String place) {
  /** As it is cited: {@code Symphony 7.1}, {@code Agent Protocol, Human in the Loop}. */
  @Override
  public String toString() {
    boolean number = !place.isEmpty() && Character.isDigit(place.charAt(0));
    return spec + (number ? " " : ", ") + place;
  }
}
