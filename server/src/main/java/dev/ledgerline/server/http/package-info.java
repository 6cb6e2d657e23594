/**
 * The one port: the <b>door</b> is the HTTP server with everything mounted in it, the <b>guard</b>
 * stands in front of all of it and looks at the Host header and the <b>key</b> of a request before
 * anybody reads its body.
 */
@NullMarked
package dev.ledgerline.server.http;

import org.jspecify.annotations.NullMarked;
