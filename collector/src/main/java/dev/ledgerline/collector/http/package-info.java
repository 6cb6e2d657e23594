/**
 * Deliveries by HTTP: a <b>body</b> is read and decoded within its limits, its <b>headers</b> say
 * what it is part of, and the receipt becomes an answer in the words of the public interface.
 */
@NullMarked
package dev.ledgerline.collector.http;

import org.jspecify.annotations.NullMarked;
