@NullMarked
package dev.ledgerline.server.http;

import org.jspecify.annotations.NullMarked;
