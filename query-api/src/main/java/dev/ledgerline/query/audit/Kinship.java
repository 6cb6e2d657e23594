// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.query.Field;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.audit.Family;
import dev.ledgerline.run.audit.History;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which runs were called by which. */
final class Kinship {
  /** Child runs of one run, oldest first; later ones are not looked at. */
  static final int MAX_CHILDREN = 10_000;

  /** Generations below a run of which the insides are looked at. */
  private static final int MAX_DEPTH = 8;

  /** Runs of a family of which the insides are looked at; of the others only when they were. */
  private static final int MAX_FOLDED = 200;

  private final Runs runs;

  Kinship(Runs runs) {
    this.runs = runs;
  }

  /** The runs that this one called, oldest first. */
  List<RunSummary> children(RunKey parent) throws UnansweredException, IOException {
    Query called =
        new Query.And(
            List.of(term(Field.PARENT, parent.run()), term(Field.SOURCE, parent.source())));
    List<RunSummary> children = new ArrayList<>();
    String cursor = null;
    do {
      Page<RunSummary> page = runs.runs(called, RunSort.STARTED, false, Runs.MAX_PAGE, cursor);
      for (RunSummary run : page.items()) {
        boolean itself = run.key().equals(parent);
        if (!itself && parent.run().equals(run.parentRun())) {
          children.add(run);
        }
      }
      cursor = page.next();
    } while (cursor != null && children.size() < MAX_CHILDREN);
    return children;
  }

  private static Query term(Field field, String value) {
    return new Query.FieldTerm(field, Comparison.EQUAL, value, false);
  }

  Family family(RunKey run) throws UnansweredException, IOException {
    return new Gathering().family(runs.history(run), 0);
  }

  /** One family while it is put together; a run that calls its caller is looked at once. */
  private final class Gathering {
    private final Set<RunKey> seen = new HashSet<>();

    Family family(History run, int depth) throws UnansweredException, IOException {
      seen.add(run.run().key());
      List<Family> below = new ArrayList<>();
      for (RunSummary child : children(run.run().key())) {
        if (seen.contains(child.key())) {
          continue;
        }
        History inside = depth < MAX_DEPTH && seen.size() < MAX_FOLDED ? folded(child) : null;
        below.add(
            inside == null ? new Family(outside(child), List.of()) : family(inside, depth + 1));
      }
      return new Family(run, below);
    }

    private @Nullable History folded(RunSummary child) throws UnansweredException, IOException {
      try {
        return runs.history(child.key());
      } catch (UnansweredException.Absent e) {
        return null; // gone since it was listed
      }
    }

    private static History outside(RunSummary run) {
      return new History(run, List.of(), List.of(), List.of(), run.lastObservedAt());
    }
  }
}
