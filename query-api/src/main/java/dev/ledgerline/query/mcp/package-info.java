// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The questions as tools of the Model Context Protocol, so that an agent can ask about runs. All of
 * them only read.
 */
@NullMarked
package dev.ledgerline.query.mcp;

import org.jspecify.annotations.NullMarked;
