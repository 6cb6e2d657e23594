// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.log.Position;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a backend is to which runs are sent on.
 *
 * @param state {@code running}, {@code retrying}, {@code halted} or {@code stopped}
 * @param position up to which it has everything
 * @param lagEntries durable entries after it
 * @param lagMillis age of the oldest of them, 0 where there is none
 * @param items spans, log records and metrics by what became of them, for example {@code traces
 *     sent}
 * @param failure the newest trouble; null where there was none
 */
public record ExportStatus(
    String target,
    String url,
    String state,
    Position position,
    long lagEntries,
    long lagMillis,
    Map<String, Long> items,
    long retries,
    @Nullable String failure) {}
