/**
 * Commands that talk to a running server over its public interface, and what they share: the {@link
 * dev.ledgerline.server.cli.Api} as a client sees it, tables, and text from strangers made safe for
 * a terminal.
 */
@NullMarked
package dev.ledgerline.server.cli;

import org.jspecify.annotations.NullMarked;
