@NullMarked
package dev.ledgerline.server.bench;

import org.jspecify.annotations.NullMarked;
