// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * OTLP over gRPC, on the server that is there anyway: unary calls are a POST over HTTP/2 with a
 * prefix before the message and the status behind it (PROTOCOL-HTTP2.md of gRPC). Can be left out:
 * nothing but the wiring knows it.
 */
@NullMarked
package dev.ledgerline.server.grpc;

import org.jspecify.annotations.NullMarked;
