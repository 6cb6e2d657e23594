// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * OpenTelemetry, both ways: {@link dev.ledgerline.otel.receive} takes OTLP in, and {@link
 * dev.ledgerline.otel.export} sends runs out as spans, logs and metrics.
 */
@NullMarked
package dev.ledgerline.otel;

import org.jspecify.annotations.NullMarked;
