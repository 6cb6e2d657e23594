// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One event of a story.
 *
 * @param at when it happens, which is also its {@code timestamp}
 * @param event in the native form
 */
public record Moment(Instant at, ObjectNode event) {}
