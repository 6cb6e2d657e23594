// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import java.io.IOException;
import java.util.UUID;

/** The index was built from another log; serving it would show events that are not there. */
public final class WrongLogException extends IOException {
  private static final long serialVersionUID = 1L;

  public WrongLogException(Object index, UUID belongsTo, UUID log) {
    super(
        "the index in %s belongs to log %s, not to %s; delete that folder or start with --rebuild"
            .formatted(index, belongsTo, log));
  }
}
