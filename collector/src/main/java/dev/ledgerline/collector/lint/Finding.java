// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.lint;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with a record.
 *
 * @param line on which the record begins, from 1
 * @param code an error code or an event flag of api.md, or {@code schema}, {@code order}, {@code
 *     violation}
 * @param run null where the record names none
 * @param pointer JSON pointer to the culprit, null where there is none
 * @param clause the rule that is broken: specification and section, or the code again
 * @param message a sentence; never a secret
 */
public record Finding(
    long line,
    String code,
    @Nullable String run,
    @Nullable String pointer,
    String clause,
    String message) {}
