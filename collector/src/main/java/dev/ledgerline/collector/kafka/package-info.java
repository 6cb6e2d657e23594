// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Topics as a source of records. A <b>message</b> is what Kafka calls a record: key, headers,
 * value; its value holds one or several records of ours. A <b>partition</b> is a stream, and the
 * <b>offset</b> of a message is its number in that stream, so what is read twice is recognised.
 * Offsets are committed only for what is durable here.
 */
@NullMarked
package dev.ledgerline.collector.kafka;

import org.jspecify.annotations.NullMarked;
