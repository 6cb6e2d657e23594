// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.indexer.Page;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.UnansweredException.Misput;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list that is in memory as a whole. The cursor names the last item that was given, so
 * nothing is given twice when items come in between.
 */
final class ListPart {
  private ListPart() {}

  /**
   * @param name of an item, unique in the list
   */
  static <T> Page<T> of(List<T> all, Function<T, String> name, int limit, @Nullable String cursor)
      throws UnansweredException {
    int from = cursor == null ? 0 : after(all, name, cursor);
    int to = Math.min(from + limit, all.size());
    return new Page<>(
        all.subList(from, to), to < all.size() ? cursor(name.apply(all.get(to - 1))) : null);
  }

  private static String cursor(String name) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  private static <T> int after(List<T> all, Function<T, String> name, String cursor) throws Misput {
    for (int i = 0; i < all.size(); i++) {
      if (cursor(name.apply(all.get(i))).equals(cursor)) {
        return i + 1;
      }
    }
    throw Misput.cursor("the cursor is not one of this list");
  }
}
