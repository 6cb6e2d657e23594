/**
 * From the bytes of a request to entries of the log.
 *
 * <p>A <b>delivery</b> is what one request brought. It is split into <b>pieces</b>, each the bytes
 * of one record; a <b>reading</b> is a piece after redaction, parsed. In its <b>lane</b> (the
 * requests of one source, one after the other) a request is <b>settled</b>: each record is decoded
 * by its dialect, identified, and stored, known already, or refused. What is refused goes to
 * <b>quarantine</b> with its reason. The <b>ledger</b> counts records, per source: received =
 * stored + duplicates + rejected + in flight. The sender gets a receipt when all of it is durable.
 *
 * <p>Start reading at {@link dev.ledgerline.collector.Collector}; all limits are in {@link
 * dev.ledgerline.collector.Limits}.
 */
@NullMarked
package dev.ledgerline.collector;

import org.jspecify.annotations.NullMarked;
