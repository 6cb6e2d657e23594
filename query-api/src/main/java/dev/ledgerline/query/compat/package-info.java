// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The read interfaces of other tools, so that their screens show what is here. A <b>trace</b> of
 * Jaeger is all runs that share a trace id, told or {@linkplain dev.ledgerline.run.TraceIds
 * derived}; a <b>service</b> is an agent.
 */
@NullMarked
package dev.ledgerline.query.compat;

import org.jspecify.annotations.NullMarked;
