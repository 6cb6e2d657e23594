// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** Is everything stored, indexed and accounted for? */
@NullMarked
package dev.ledgerline.web.system;

import org.jspecify.annotations.NullMarked;
