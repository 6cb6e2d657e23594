@NullMarked
package dev.ledgerline.server.cli;

import org.jspecify.annotations.NullMarked;
