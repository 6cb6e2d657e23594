// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** The query language, case by case and by random queries. */
@NullMarked
package dev.ledgerline.event.query;

import org.jspecify.annotations.NullMarked;
