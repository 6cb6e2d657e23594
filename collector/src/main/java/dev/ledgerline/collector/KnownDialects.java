// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.RawRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The dialects by name, in the order in which they may claim a record. */
final class KnownDialects {
  private final Map<String, Dialect> byName = new LinkedHashMap<>();
  private final List<Dialect> inOrder;
  private final Dialect unknown = new UnknownDialect();

  KnownDialects(List<Dialect> dialects) {
    for (Dialect dialect : dialects) {
      if (byName.put(dialect.name(), dialect) != null) {
        throw new IllegalArgumentException("two dialects are called " + dialect.name());
      }
    }
    this.inOrder = List.copyOf(dialects);
  }

  Set<String> names() {
    return byName.keySet();
  }

  List<Dialect> all() {
    return inOrder;
  }

  @Nullable Dialect named(String name) {
    return byName.get(name);
  }

  /** The first that claims the record, else {@link #unknown()}. */
  Dialect claiming(RawRecord record) {
    for (Dialect dialect : inOrder) {
      if (dialect.claims(record)) {
        return dialect;
      }
    }
    return unknown;
  }

  /** Reads what none of them claims. */
  Dialect unknown() {
    return unknown;
  }

  boolean isUnknown(Dialect dialect) {
    return dialect.equals(unknown);
  }
}
