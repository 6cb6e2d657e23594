// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.time.Instant;

/**
 * Something of that class went on. Of class {@link TimeClass#UNKNOWN}: something was begun of which
 * nobody told the end, so nothing can be said to have been idle.
 */
public record Stretch(TimeClass of, Instant from, Instant to) {}
