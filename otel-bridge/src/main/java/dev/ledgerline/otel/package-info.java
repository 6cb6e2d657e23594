// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * OpenTelemetry, both ways: {@link dev.ledgerline.otel.receive} takes OTLP in, and runs go out as
 * spans, logs and metrics.
 */
@NullMarked
package dev.ledgerline.otel;

import org.jspecify.annotations.NullMarked;
