// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What Ledgerline says of itself, with the OpenTelemetry SDK: off unless {@code --own-telemetry}
 * names a target. Runs are not sent from here, see {@code otel.export}.
 */
@NullMarked
package dev.ledgerline.server.telemetry;

import org.jspecify.annotations.NullMarked;
