// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * OTLP out: a reader of the log that sends runs on to other backends.
 *
 * <p>A <b>target</b> is one backend. Its {@link dev.ledgerline.otel.export.Exporter} follows the
 * log from a <b>cursor</b> of its own, which is kept in a file: the position up to which the target
 * has everything, and which runs were open there. A target that is down queues nothing, its cursor
 * stays behind.
 *
 * <p>{@link dev.ledgerline.otel.export.Projection} makes <b>items</b> of entries: spans, log
 * records, metrics. What came in as OTLP leaves as it came ({@link
 * dev.ledgerline.otel.export.Original}); everything else is folded into runs and told in the
 * semantic conventions for generative AI, with ids that are hashes of what they identify ({@link
 * dev.ledgerline.otel.export.Ids}), so that the same span sent again is the same span.
 *
 * <p>Items become <b>requests</b>, bounded in number and bytes, and each is sent until the target
 * has <b>settled</b> it: accepted, partly accepted, or refused for good. Only then the cursor
 * moves.
 */
@NullMarked
package dev.ledgerline.otel.export;

import org.jspecify.annotations.NullMarked;
