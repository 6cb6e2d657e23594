// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import dev.ledgerline.log.Entry;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that takes records: how to read them, and where they belong. */
final class RecordOptions {
  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      description = "How the records are written. Default: found out from them")
  private @Nullable String dialect;

  @Option(names = "--run", paramLabel = "ID", description = "Run of records that name none.")
  private @Nullable String run;

  @Option(names = "--thread", paramLabel = "ID", description = "Thread of records that name none.")
  private @Nullable String thread;

  @Option(names = "--agent", paramLabel = "ID", description = "Agent of records that name none.")
  private @Nullable String agent;

  @Option(names = "--task", paramLabel = "ID", description = "Task of records that name none.")
  private @Nullable String task;

  /** Null: found out from each record. */
  @Nullable String dialect() {
    return dialect;
  }

  Entry.Headers headers() {
    return new Entry.Headers(run, thread, agent, task);
  }
}
