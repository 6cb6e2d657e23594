// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import java.time.Instant;

/**
 * One record of a story.
 *
 * @param at when it happens
 * @param record as it is sent, without a line feed
 */
public record Moment(Instant at, String record) {}
