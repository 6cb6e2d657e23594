// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.compat;

import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.TraceIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which run is in which trace, as they are exported: in the one that it was told in, else in its
 * caller's, else in one of its own.
 */
record JaegerTraces(Runs runs) {
  /** Runs of one trace. */
  private static final int MAX_RUNS = 500;

  private static final int MAX_CALLERS = 100;

  /** The trace of a run: its first own one, else its caller's, else the derived. */
  String idOf(RunSummary run) throws UnansweredException, IOException {
    RunSummary at = run;
    for (int i = 0; i < MAX_CALLERS && at.traces().isEmpty(); i++) {
      RunSummary caller = callerOf(at);
      if (caller == null) {
        break;
      }
      at = caller;
    }
    return at.traces().isEmpty()
        ? HexFormat.of().formatHex(TraceIds.trace(at.key()))
        : at.traces().getFirst();
  }

  /** Null where it has none that is known. */
  private @Nullable RunSummary callerOf(RunSummary run) throws IOException, UnansweredException {
    String caller = run.parentRun();
    if (caller == null || caller.equals(run.key().run())) {
      return null;
    }
    try {
      return runs.run(caller, run.key().source());
    } catch (UnansweredException.Absent e) {
      return null;
    }
  }

  /** The runs of a trace, and those that they called. */
  List<RunSummary> members(String trace) throws UnansweredException, IOException {
    Map<RunKey, RunSummary> members = new LinkedHashMap<>();
    found("trace:" + JaegerSearch.quoted(trace), MAX_RUNS)
        .forEach(run -> members.put(run.key(), run));
    List<RunSummary> all = new ArrayList<>(members.values());
    for (int i = 0; i < all.size() && all.size() < MAX_RUNS; i++) {
      RunSummary caller = all.get(i);
      String called =
          "source:%s parent:%s"
              .formatted(
                  JaegerSearch.quoted(caller.key().source()),
                  JaegerSearch.quoted(caller.key().run()));
      for (RunSummary run : found(called, MAX_RUNS)) {
        if (run.traces().isEmpty() && members.putIfAbsent(run.key(), run) == null) {
          all.add(run);
        }
      }
    }
    return all;
  }

  /** Newest first. */
  List<RunSummary> found(String query, int limit) throws UnansweredException, IOException {
    return runs.runs(runs.parse(query), RunSort.STARTED, true, limit, null).items();
  }
}
