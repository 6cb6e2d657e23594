// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** Where does this text stand? */
@NullMarked
package dev.ledgerline.web.search;

import org.jspecify.annotations.NullMarked;
