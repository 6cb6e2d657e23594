// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a dialect made of a record. */
public sealed interface Decoded {
  /**
   * The record was read.
   *
   * @param identity what identifies the record within its source and dialect (its own id, scoped by
   *     run where it is unique only there); null where it has none: then stream and number do
   * @param drafts none, one or several; a record without any is stored all the same
   */
  record Drafts(@Nullable String identity, List<Draft> drafts) implements Decoded {
    public Drafts {
      drafts = List.copyOf(drafts);
    }

    public static Drafts none() {
      return new Drafts(null, List.of());
    }

    public static Drafts of(@Nullable String identity, Draft... drafts) {
      return new Drafts(identity, List.of(drafts));
    }
  }

  /** The record cannot be stored as an event and goes to quarantine. */
  record Rejected(Rejection rejection) implements Decoded {
    public static Rejected of(Rejection.Code code, @Nullable String pointer, String message) {
      return new Rejected(new Rejection(code, pointer, message));
    }
  }
}
