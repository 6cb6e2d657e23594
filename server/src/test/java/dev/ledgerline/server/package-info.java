@NullMarked
package dev.ledgerline.server;

import org.jspecify.annotations.NullMarked;
