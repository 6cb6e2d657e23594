// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The questions over HTTP, as api.md words them: JSON, Server-Sent Events for a tail, Prometheus
 * text for numbers.
 *
 * <p>Each <b>shape</b> of api.md is a class that writes it, field by field in the order of the
 * page; what is not known is written as {@code null}. An <b>ask</b> is the request of a question,
 * read strictly: a value that cannot be understood is an error and never a guess.
 */
@NullMarked
package dev.ledgerline.query.http;

import org.jspecify.annotations.NullMarked;
