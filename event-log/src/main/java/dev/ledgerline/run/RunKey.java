// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

/** A run id is unique within its source. */
public record RunKey(String source, String run) {}
