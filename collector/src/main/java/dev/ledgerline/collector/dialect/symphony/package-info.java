// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * How Symphony speaks: the log of an orchestrator ({@link
 * dev.ledgerline.collector.dialect.symphony.SymphonyLogDialect}: the lines of the reference
 * implementation and what its ports print) and the runtime events of its agents ({@link
 * dev.ledgerline.collector.dialect.symphony.SymphonyEventDialect}).
 *
 * <p>An <b>issue</b> is a task. Each <b>dispatch</b> of it is a run, whose id is made of the issue
 * and the time of that line, so that the same log gives the same runs whichever way it comes. A run
 * has one Codex <b>thread</b> and a <b>turn</b> for each session id. A reader ({@code TextReading},
 * {@code GoReading}, {@code TsReading}) says what a record means in the words of {@code Story}. All
 * parts of a story tell and remember through the {@code Subject}, the issue that the record speaks
 * of: {@code Workers} finds the run that a word belongs to, {@code Dispatch}, {@code Restart},
 * {@code Retry} and {@code Endings} do what their names say, {@code Untold} what no record says.
 * What the specification (openai/symphony, SPEC.md, Draft v1) forbids and no single run can show is
 * told beside: {@code Breach}.
 */
@NullMarked
package dev.ledgerline.collector.dialect.symphony;

import org.jspecify.annotations.NullMarked;
