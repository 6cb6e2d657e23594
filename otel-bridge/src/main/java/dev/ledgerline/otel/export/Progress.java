// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.log.Position;
import dev.ledgerline.otel.export.Exporter.State;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a target is.
 *
 * @param position up to which it has everything
 * @param lagEntries durable entries after it
 * @param lagMillis age of the oldest of them, 0 where there is none
 * @param outcomes items by signal and what became of them, since the start
 * @param missedEntries of the log, let go by its retention before they could be sent
 * @param failure the newest trouble; null where there was none
 */
public record Progress(
    String target,
    String url,
    State state,
    Position position,
    long lagEntries,
    long lagMillis,
    Map<String, Long> outcomes,
    long retries,
    int openRuns,
    long runsCutShort,
    long missedEntries,
    @Nullable String failure) {}
