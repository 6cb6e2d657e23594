// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** See docs/architecture.md. */
@NullMarked
package dev.ledgerline.query;

import org.jspecify.annotations.NullMarked;
