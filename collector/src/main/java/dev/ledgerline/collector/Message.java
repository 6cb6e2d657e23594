// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import org.jspecify.annotations.Nullable;

/**
 * One message of a topic: a record, or several in JSON.
 *
 * @param value not changed while it is being taken
 * @param dialect named by the message or for its topic; null: told from each record
 * @param origin whose stream is the partition and whose offset is the message's
 */
public record Message(byte[] value, @Nullable String dialect, Origin origin) {}
