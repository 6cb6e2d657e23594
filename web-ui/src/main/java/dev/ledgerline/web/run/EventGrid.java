// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.data.provider.CallbackDataProvider;
import com.vaadin.flow.data.provider.DataProvider;
import com.vaadin.flow.data.provider.ListDataProvider;
import com.vaadin.flow.data.renderer.LitRenderer;
import dev.ledgerline.event.Kind;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.query.EventView;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.web.Shown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of a run by seq. It holds what is in view only: a million events open like a hundred.
 */
final class EventGrid extends Grid<EventRow> {
  private static final long serialVersionUID = 1L;

  /** Of a list that is narrowed to some kinds; the whole list has no limit. */
  static final int MAX_NARROWED = 1_000;

  private final transient Runs runs;
  private final List<EventRow> narrowed = new ArrayList<>();
  private Set<Kind> kinds = Set.of();
  private @Nullable RunKey run;
  private long count;
  private long chosen = -1;

  EventGrid(Runs runs, LongConsumer choose) {
    this.runs = runs;
    addThemeVariants(GridVariant.LUMO_COMPACT, GridVariant.LUMO_NO_ROW_BORDERS);
    setSelectionMode(SelectionMode.NONE);
    setHeight("560px");
    addColumn(EventRow::seq).setHeader("#").setWidth("84px").setFlexGrow(0);
    addColumn(
            LitRenderer.<EventRow>of(
                    "<span class='ll-kind' data-group='${item.group}'>${item.kind}</span>")
                .withProperty("group", row -> Shown.group(row.kind()))
                .withProperty("kind", row -> row.kind().word()))
        .setHeader("Kind")
        .setWidth("124px")
        .setFlexGrow(0);
    addColumn(
            LitRenderer.<EventRow>of(
                    "<span class='ll-flag' ?hidden='${!item.flags}'>${item.flags}</span><span title='${item.text}'>${item.text}</span>")
                .withProperty("flags", EventRow::flags)
                .withProperty("text", EventRow::text))
        .setHeader("What")
        .setWidth("180px")
        .setFlexGrow(1);
    addColumn(row -> Shown.text(row.agent())).setHeader("Agent").setWidth("110px").setFlexGrow(0);
    addColumn(row -> Shown.clock(row.at())).setHeader("Time").setWidth("110px").setFlexGrow(0);
    setPartNameGenerator(row -> row.seq() == chosen ? "chosen" : row.failed() ? "error" : null);
    addItemClickListener(e -> choose.accept(e.getItem().seq()));
  }

  /**
   * @param only empty: all kinds
   * @param events how many the run has
   */
  void show(RunKey key, Set<Kind> only, long events) {
    run = key;
    count = events;
    kinds = only;
    narrowed.clear();
    if (kinds.isEmpty()) {
      setDataProvider(
          DataProvider.fromCallbacks(
              // seq is dense: the event at index n has seq n + 1.
              query -> rows(query.getOffset(), query.getLimit()).stream(),
              _ -> (int) Math.min(Integer.MAX_VALUE, count)));
    } else {
      setDataProvider(new ListDataProvider<>(narrowed));
      narrow();
    }
  }

  /** There are so many now; what is in view stays where it is. */
  void grew(long events) {
    if (events == count) {
      return;
    }
    count = events;
    if (!kinds.isEmpty()) {
      narrow();
    }
    getDataProvider().refreshAll();
  }

  /** Whether a narrowed list ends before the run does. */
  boolean isCut() {
    return narrowed.size() == MAX_NARROWED;
  }

  void choose(long seq) {
    chosen = seq;
    getDataProvider().refreshAll();
    if (getDataProvider() instanceof CallbackDataProvider && seq > 0) {
      scrollToIndex((int) Math.max(0, seq - 4));
    }
  }

  private void narrow() {
    long last = narrowed.isEmpty() ? 0 : narrowed.getLast().seq();
    narrowed.addAll(rows(last, MAX_NARROWED - narrowed.size()));
  }

  private List<EventRow> rows(long afterSeq, int limit) {
    RunKey key = run;
    List<EventRow> rows = new ArrayList<>();
    if (key == null) {
      return rows;
    }
    try {
      // Where records are large a page ends early, so one may not be enough.
      String cursor = null;
      boolean more = true;
      while (more && rows.size() < limit) {
        int size = Math.min(limit - rows.size(), Runs.MAX_PAGE);
        Page<EventView> page = runs.events(key, afterSeq, kinds, size, cursor);
        page.items().forEach(event -> rows.add(EventRow.of(event)));
        cursor = page.next();
        more = cursor != null;
      }
    } catch (UnansweredException e) {
      // What was found so far; the next look asks again.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }
}
