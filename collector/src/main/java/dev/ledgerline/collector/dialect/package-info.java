/**
 * How the source systems write: one class per <b>dialect</b>, each of which turns the records of
 * one system into drafts of events.
 *
 * <p>A dialect is chosen by name or by asking each in the order of {@link
 * dev.ledgerline.collector.dialect.Dialects} whether it <b>claims</b> a record. It never throws for
 * anything that a record may hold: a field of wrong type is left empty and the event flagged, a
 * type that it does not know becomes an unknown fact, and what cannot be placed at all is rejected
 * with the code, the pointer and the sentence that the sender gets to read.
 *
 * <p>To add one: a class here, a line in {@code Dialects}, a folder of golden records beside the
 * tests.
 */
@NullMarked
package dev.ledgerline.collector.dialect;

import org.jspecify.annotations.NullMarked;
