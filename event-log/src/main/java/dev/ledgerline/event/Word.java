// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A constant with one spelling on the wire, in the query language and in the index. */
public interface Word {
  /** The spelling of api.md: lower case, {@code _} between words. */
  default String word() {
    return ((Enum<?>) this).name().toLowerCase(Locale.ROOT);
  }

  /** The constant of that spelling, or null where there is none. */
  static <E extends Enum<E> & Word> @Nullable E of(Class<E> words, @Nullable String word) {
    if (word == null) {
      return null;
    }
    for (E constant : words.getEnumConstants()) {
      if (constant.word().equals(word)) {
        return constant;
      }
    }
    return null;
  }
}
