// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** What did this run do, where did the time go, why did it stop? */
@NullMarked
package dev.ledgerline.web.run;

import org.jspecify.annotations.NullMarked;
