// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Source systems that are asked for their state, since they do not send it. A <b>target</b> is one
 * instance; a <b>poll</b> is one question to it. What an answer says beyond the one before it is
 * delivered like the body of a request, with the instance as its source.
 */
@NullMarked
package dev.ledgerline.collector.scrape;

import org.jspecify.annotations.NullMarked;
