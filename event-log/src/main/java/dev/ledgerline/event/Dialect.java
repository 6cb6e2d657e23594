// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one source system writes events: (record, what is remembered) → (drafts, what is remembered
 * then). Pure apart from the {@link Memory} that it is given, safe for use by many threads,
 * versioned with its golden records.
 */
public interface Dialect {
  /** Its only spelling, for example {@code codex-exec}. */
  String name();

  /** Whether a record looks as if this system wrote it; cheap, and false when in doubt. */
  boolean claims(RawRecord record);

  Decoded decode(RawRecord record, Context context, Memory memory);

  /**
   * What the end of a stream says (the body of an event stream was closed by the sender). Its
   * drafts must be {@linkplain Fact.Firmness#SOFT soft}: the stream may go on in another request.
   */
  default List<Draft> endOfStream(Context context, Memory memory) {
    return List.of();
  }

  /**
   * The names of what a record tells and this dialect reads nothing from, for who looks at the
   * record: it is asked again instead of remembered. Null where the dialect cannot say.
   */
  default @Nullable List<String> unmapped(RawRecord record) {
    return null;
  }

  /** False where {@code decode} never uses the memory: such records are decoded in parallel. */
  default boolean remembers() {
    return true;
  }
}
