// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** What is happening, what went wrong? */
@NullMarked
package dev.ledgerline.web.runs;

import org.jspecify.annotations.NullMarked;
