// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Answering what waits. A <b>way back</b> is where an answer goes, named by the configuration and
 * never by a record. An <b>answer</b> is first an event of the run that waits, then it is
 * <b>delivered</b>, once; what came of that is an event too. Without a way back nothing can be
 * answered from here.
 */
@NullMarked
package dev.ledgerline.query.answer;

import org.jspecify.annotations.NullMarked;
