// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What spans say of agents.
 *
 * <p>A <b>convention</b> is how one library writes: names of attributes by their <b>meaning</b>,
 * names of operations, and what else follows from its spans. {@link
 * dev.ledgerline.otel.convention.GenAi} is what OpenTelemetry says; most libraries use some
 * generation of it and add their own. What a span says is a <b>reading</b>; {@link
 * dev.ledgerline.otel.convention.Spans} makes drafts of it.
 *
 * <p>All spans of a trace are one run, unless a convention knows better. Nothing is remembered from
 * span to span: they come in any order, children mostly before their parents, so what needs several
 * of them is found out where runs are folded ({@code dev.ledgerline.run.SpanTree}).
 *
 * <p>Attributes stay in the record as they came; what no convention maps is just not read.
 */
@NullMarked
package dev.ledgerline.otel.convention;

import org.jspecify.annotations.NullMarked;
