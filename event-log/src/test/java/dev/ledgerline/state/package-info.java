// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.ledgerline.state;

import org.jspecify.annotations.NullMarked;
