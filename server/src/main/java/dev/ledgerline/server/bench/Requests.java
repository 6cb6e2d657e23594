// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What clients send: the same bytes whenever they are asked for again. */
interface Requests {
  /** What every request begins with; see {@link Wire#head}. */
  byte[] head(URI server, @Nullable String key);

  /** No body of so many events is larger. */
  int largest(int events);

  /**
   * Writes a body.
   *
   * @param first number of its first event among those of the client
   * @return the end of what was written
   */
  int write(int client, long first, int events, byte[] buffer, int at);

  /** The status that says that all of it is durable. */
  int acknowledged();
}
