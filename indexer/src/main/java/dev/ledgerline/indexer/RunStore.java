// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.log.Entry;
import dev.ledgerline.log.Position;
import java.io.IOException;

/**
 * Where the indexer puts what it reads. What writes is used by one thread; questions come from
 * many.
 *
 * <p>A store that threw from a method that writes has to be {@linkplain #reopen reopened}; until
 * then it answers questions from what was visible.
 */
public interface RunStore extends RunReader, AutoCloseable {
  /** The newest entry that was added, or {@link Position#START}. */
  Position written();

  /** Adds the entry that follows {@link #written}. */
  void add(Position position, Entry entry) throws IOException;

  /**
   * Counts an entry that nobody can read as passed, so that one bad entry does not hold up all that
   * follow.
   */
  void skip(Position position);

  /**
   * Makes what was added visible.
   *
   * @return whether something is left that a later refresh should finish, although nothing is added
   */
  boolean refresh() throws IOException;

  /** Makes what was added survive a crash. */
  void commit() throws IOException;

  /** Goes back to the newest commit. What was visible stays so until more is. */
  void reopen() throws IOException;

  /** Throws everything away. Nothing is visible afterwards. */
  void rebuild() throws IOException;

  /**
   * Reads everything that was committed and compares its checksums. May be called by any thread.
   *
   * @return whether it is sound
   */
  boolean scrub() throws IOException;

  /** Closes without a commit. */
  @Override
  void close() throws IOException;
}
