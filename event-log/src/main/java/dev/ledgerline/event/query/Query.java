// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import java.util.List;

/**
 * A parsed query; {@link Object#toString} of each node prints it back in a form that parses to the
 * same.
 */
public sealed interface Query {
  /** Everything; the empty string. */
  record All() implements Query {
    @Override
    public String toString() {
      return "";
    }
  }

  record And(List<Query> parts) implements Query {
    @Override
    public String toString() {
      return Printer.join(parts, " ");
    }
  }

  record Or(List<Query> parts) implements Query {
    @Override
    public String toString() {
      return "(" + Printer.join(parts, " OR ") + ")";
    }
  }

  record Not(Query part) implements Query {
    @Override
    public String toString() {
      return "-" + (part instanceof And ? "(" + part + ")" : part.toString());
    }
  }

  /** How a field is compared. */
  enum Comparison {
    EQUAL(":"),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    LESS("<"),
    LESS_OR_EQUAL("<=");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }
  }

  /**
   * A field has a value.
   *
   * @param value as it was written, without quotes; relative times and units are resolved by who
   *     runs the query
   * @param prefix it ended in {@code *}, which is not part of {@code value}
   */
  record FieldTerm(Field field, Comparison comparison, String value, boolean prefix)
      implements Query {
    @Override
    public String toString() {
      return field.word() + comparison.sign() + Printer.quoted(value) + (prefix ? "*" : "");
    }
  }

  /**
   * A word stands somewhere in the record, whatever its case; several words of an AND in one event.
   */
  record WordTerm(String word, boolean prefix) implements Query {
    @Override
    public String toString() {
      return Printer.escapedWord(word) + (prefix ? "*" : "");
    }
  }

  /**
   * That text stands somewhere in a decoded key or value, punctuation included, whatever its case.
   */
  record PhraseTerm(String phrase) implements Query {
    @Override
    public String toString() {
      return Printer.alwaysQuoted(phrase);
    }
  }
}
