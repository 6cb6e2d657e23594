/**
 * Deliveries from files that are being written.
 *
 * <p>A <b>log</b> is one sequence of records, in one file or in several that follow each other: a
 * file and what it was rotated into, or a <b>wrap set</b>, whose files are overwritten in a circle.
 * A <b>place</b> is how far such a file was read, with enough of its content to know it again under
 * another name and to notice when it is not the same file any more. A <b>batch</b> is a range of
 * bytes that ends with a record; the range is written into the <b>cursor</b> of its log before it
 * is sent, so that after a crash the same bytes make the same records with the same numbers.
 *
 * <p>Files are renamed and emptied while they are looked at. So a <b>resolution</b>, which says
 * which file is which, counts only where the folder looked the same before and after it; and what
 * is opened by its name later is read only where what was read before stands there. Otherwise
 * nothing of the log is sent until one has looked again: that keeps the order.
 *
 * <p>Start reading at {@link dev.ledgerline.collector.file.Follower}.
 */
@NullMarked
package dev.ledgerline.collector.file;

import org.jspecify.annotations.NullMarked;
