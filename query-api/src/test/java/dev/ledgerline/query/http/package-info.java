// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/** Tests of the questions over HTTP, against a real server on loopback. */
@NullMarked
package dev.ledgerline.query.http;

import org.jspecify.annotations.NullMarked;
