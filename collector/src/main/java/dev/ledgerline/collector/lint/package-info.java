/**
 * A log is judged without being stored: what each record would become, what is wrong with it, and
 * what the state machines say of the runs that it adds up to. Whatever is wrong is a <b>finding</b>
 * with the line on which its record begins.
 *
 * <p>Start reading at {@link dev.ledgerline.collector.lint.Lint}.
 */
@NullMarked
package dev.ledgerline.collector.lint;

import org.jspecify.annotations.NullMarked;
