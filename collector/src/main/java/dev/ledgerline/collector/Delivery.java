// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import org.jspecify.annotations.Nullable;

/**
 * What arrived: the bytes of one request and what its transport said about them.
 *
 * @param body decoded; not changed while it is being taken
 * @param length bytes of {@code body} that count
 * @param dialect given by the sender; null: told from each record
 * @param items whether the receipt shall name every record
 */
public record Delivery(
    byte[] body,
    int length,
    RecordFormat format,
    @Nullable String dialect,
    Origin origin,
    boolean items) {

  public static Delivery of(byte[] body, RecordFormat format, Origin origin) {
    return new Delivery(body, body.length, format, null, origin, true);
  }
}
