// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * OTLP's ways in: {@link dev.ledgerline.server.otlp.OtlpExports} takes a body whatever carried it;
 * the routes carry it over HTTP, {@code server.grpc} over gRPC. They stand here because the
 * collector and the bridge do not know each other.
 */
@NullMarked
package dev.ledgerline.server.otlp;

import org.jspecify.annotations.NullMarked;
