@NullMarked
package dev.ledgerline.server.otlp;

import org.jspecify.annotations.NullMarked;
