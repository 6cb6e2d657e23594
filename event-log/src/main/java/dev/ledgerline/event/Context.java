// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the transport said about a record: headers of the request, key of the topic, name of the
 * file. It fills what a record lacks and never overrides it.
 *
 * @param source the deployment: {@code Ledgerline-Source}, else the API key's name, else the
 *     dialect
 * @param stream {@code Ledgerline-Stream}: a sequence of records with one order, null where none
 *     was named
 * @param number of this record in its stream, from 0; null without a stream
 */
public record Context(
    String source,
    @Nullable String stream,
    @Nullable Long number,
    @Nullable String run,
    @Nullable String thread,
    @Nullable String agent,
    @Nullable String task,
    Instant observedAt) {

  public Context withNumber(@Nullable Long number) {
    return new Context(source, stream, number, run, thread, agent, task, observedAt);
  }

  /** What the headers alone say. */
  public Scope scope() {
    return Scope.of(run, thread, agent).withTask(task);
  }
}
