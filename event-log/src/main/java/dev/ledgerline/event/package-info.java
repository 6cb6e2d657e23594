// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What happened: the language of Ledgerline, without any I/O.
 *
 * <p>A <b>delivery</b> is the bytes of one request. It holds <b>records</b>; a {@link
 * dev.ledgerline.event.Dialect} knows how one source system writes them and turns each into
 * <b>drafts</b> of events. The collector gives a draft its identity and time of arrival, and it
 * becomes an {@link dev.ledgerline.event.Event}: one {@link dev.ledgerline.event.Fact}, once, at a
 * time, in a {@link dev.ledgerline.event.Scope} (who, which run, which thread).
 *
 * <p>A small story, as events: <i>planner</i> starts run r1 (state), calls <i>search</i>
 * (tool.call), gets an answer (tool.result), asks a human (wait.opened), is answered
 * (wait.resolved), ends (state). What they add up to is in {@link dev.ledgerline.run}: a run that
 * is completed, with a step of kind tool and a wait of kind human_input.
 *
 * <p>A <b>run</b> is one activation from start to a terminal state. A <b>thread</b> is the
 * conversation that runs share. A <b>task</b> is a unit of work that may need several runs, its
 * <b>attempts</b>. A <b>step</b> is an interval inside a run; a <b>wait</b> is an interval in which
 * something could not go on.
 */
@NullMarked
package dev.ledgerline.event;

import org.jspecify.annotations.NullMarked;
