/**
 * How fast it is: a load generator in a process of its own. A <b>client</b> is one connection that
 * sends <b>batches</b> one after the other; every event of it can be computed again from seed,
 * client and number, so that afterwards each acknowledged one can be looked for.
 */
@NullMarked
package dev.ledgerline.server.bench;

import org.jspecify.annotations.NullMarked;
