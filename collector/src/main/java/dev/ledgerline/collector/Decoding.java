// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a dialect read a record, whatever it does. Safe for use by many threads. */
final class Decoding {
  private static final Logger log = LoggerFactory.getLogger(Decoding.class);

  private static final Memory NONE =
      new Memory() {
        @Override
        public <T extends Record> @Nullable T recall(String key, Class<T> type) {
          throw new IllegalStateException("said to remember nothing");
        }

        @Override
        public void remember(String key, Record value) {
          throw new IllegalStateException("said to remember nothing");
        }

        @Override
        public void forget(String key) {
          throw new IllegalStateException("said to remember nothing");
        }
      };

  private final IdLength idLength;

  Decoding(IdLength idLength) {
    this.idLength = idLength;
  }

  /** What a dialect that remembers nothing makes of a record: needs no lane. */
  Decoded decode(RawRecord record, Dialect dialect, Context context) {
    return decode(record, dialect, context, NONE);
  }

  Decoded decode(RawRecord record, Dialect dialect, Context context, Memory memory) {
    try {
      Decoded decoded = dialect.decode(record, context, memory);
      Rejection tooLong =
          decoded instanceof Decoded.Drafts drafts ? idLength.judge(record, drafts.drafts()) : null;
      return tooLong == null ? decoded : new Decoded.Rejected(tooLong);
    } catch (RuntimeException e) {
      // in quarantine it can be replayed once the dialect is repaired
      log.error(
          "dialect {} failed on a record of {} bytes", dialect.name(), record.bytes().length, e);
      return Decoded.Rejected.of(
          Rejection.Code.INVALID_FIELD,
          null,
          "dialect " + dialect.name() + " cannot read this record; this is a bug of ours");
    }
  }
}
