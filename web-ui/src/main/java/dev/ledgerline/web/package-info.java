// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The pages: one package per view. A page answers one question, calls {@code Runs} in process,
 * keeps all of its state in its address and is live without reload. What agents sent is shown as
 * text only. A <b>pulse</b> tells open pages that there is something new; a <b>tone</b> is the
 * colour and shape of a state.
 */
@NullMarked
package dev.ledgerline.web;

import org.jspecify.annotations.NullMarked;
