/**
 * Composition only: reads the {@link dev.ledgerline.server.Config configuration}, puts the modules
 * together in one {@link dev.ledgerline.server.Server} and offers the command line. A
 * <b>setting</b> is one thing that can be configured, the same by flag, by variable and in a file;
 * a <b>command</b> is a class.
 */
@NullMarked
package dev.ledgerline.server;

import org.jspecify.annotations.NullMarked;
