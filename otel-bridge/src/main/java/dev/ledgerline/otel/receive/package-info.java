// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * OTLP in.
 *
 * <p>A sender posts an <b>export</b> of one <b>signal</b> (traces, logs, metrics): one request with
 * many <b>items</b> (spans, log records, metrics), grouped by <b>resource</b> (the process) and
 * <b>scope</b> (the library that made them). {@link dev.ledgerline.otel.receive.OtlpReceiver} takes
 * it apart into <b>records</b>, one for each item:
 *
 * <pre>
 * {"resource":{…},"resourceSchemaUrl":"…","scope":{…},"schemaUrl":"…","span":{…}}
 * {"resource":{…},…,"logRecord":{…}}
 * {"resource":{…},…,"metric":{…}}</pre>
 *
 * in the JSON of OTLP, written in one <b>canonical</b> way (fields in the order of their numbers,
 * what is unset left out, ids in lower-case hex, 64-bit numbers as strings). So an item is the same
 * bytes whichever encoding it came in, and sent again it is recognised. A value that JSON gives a
 * field but the protocol does not allow there is kept as it came, for {@link
 * dev.ledgerline.otel.receive.OtlpDialect} to flag or reject: nothing is judged before it is kept.
 *
 * <p>{@code OtlpDialect} then reads a record as an event of a run, by the conventions of {@link
 * dev.ledgerline.otel.convention}.
 */
@NullMarked
package dev.ledgerline.otel.receive;

import org.jspecify.annotations.NullMarked;
