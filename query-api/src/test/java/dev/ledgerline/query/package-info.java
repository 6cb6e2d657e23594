// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** Tests of the questions, and the log and store that they are asked of. */
@NullMarked
package dev.ledgerline.query;

import org.jspecify.annotations.NullMarked;
