// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** The log against real files and against a file system that fails on purpose. */
@NullMarked
package dev.ledgerline.log;

import org.jspecify.annotations.NullMarked;
