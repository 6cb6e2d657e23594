// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.data.provider.CallbackDataProvider;
import com.vaadin.flow.data.renderer.LitRenderer;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.query.EventView;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.web.Shown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The events of a run by seq. It holds what is in view only: a million events open like a hundred.
 */
final class EventGrid extends Grid<EventView> {
  private static final long serialVersionUID = 1L;

  /** Of a list that is narrowed to some kinds; the whole list has no limit. */
  static final int MAX_NARROWED = 1_000;

  private final transient Runs runs;
  private @Nullable RunKey run;
  private long count;
  private long chosen = -1;

  EventGrid(Runs runs, LongConsumer choose) {
    this.runs = runs;
    addThemeVariants(GridVariant.LUMO_COMPACT, GridVariant.LUMO_NO_ROW_BORDERS);
    setSelectionMode(SelectionMode.NONE);
    setHeight("560px");
    addColumn(e -> e.seq()).setHeader("#").setWidth("84px").setFlexGrow(0);
    addColumn(
            LitRenderer.<EventView>of(
                    "<span class='ll-kind' data-group='${item.group}'>${item.kind}</span>")
                .withProperty("group", e -> Shown.group(e.event().kind()))
                .withProperty("kind", e -> e.event().kind().word()))
        .setHeader("Kind")
        .setWidth("124px")
        .setFlexGrow(0);
    addColumn(
            LitRenderer.<EventView>of(
                    "<span class='ll-flag' ?hidden='${!item.flags}'>${item.flags}</span><span title='${item.text}'>${item.text}</span>")
                .withProperty("flags", EventGrid::flags)
                .withProperty("text", EventGrid::text))
        .setHeader("What")
        .setWidth("180px")
        .setFlexGrow(1);
    addColumn(e -> Shown.text(e.event().scope().agent()))
        .setHeader("Agent")
        .setWidth("110px")
        .setFlexGrow(0);
    addColumn(e -> Shown.clock(e.event().at())).setHeader("Time").setWidth("110px").setFlexGrow(0);
    setPartNameGenerator(
        e -> e.seq() != null && e.seq() == chosen ? "chosen" : failed(e) ? "error" : null);
    addItemClickListener(
        e -> {
          Long seq = e.getItem().seq();
          if (seq != null) {
            choose.accept(seq);
          }
        });
  }

  /**
   * @param kinds empty: all
   * @param events how many the run has
   */
  void show(RunKey key, Set<Kind> kinds, long events) {
    run = key;
    count = events;
    if (kinds.isEmpty()) {
      CallbackDataProvider<EventView, Void> lazy =
          new CallbackDataProvider<>(
              query -> part(query.getOffset(), query.getLimit()),
              _ -> (int) Math.min(Integer.MAX_VALUE, count),
              EventView::position);
      setDataProvider(lazy);
    } else {
      setItems(narrowed(key, kinds));
    }
  }

  /** There are so many now; what is in view stays where it is. */
  void grew(long events) {
    if (events != count && getDataProvider() instanceof CallbackDataProvider) {
      count = events;
      getDataProvider().refreshAll();
    }
  }

  void choose(long seq) {
    chosen = seq;
    getDataProvider().refreshAll();
    if (getDataProvider() instanceof CallbackDataProvider && seq > 0) {
      scrollToIndex((int) Math.max(0, seq - 4));
    }
  }

  private Stream<EventView> part(int offset, int limit) {
    RunKey key = run;
    if (key == null) {
      return Stream.empty();
    }
    try {
      // seq is dense: the event at index n has seq n + 1.
      return runs
          .events(key, offset, Set.of(), Math.clamp(limit, 1, Runs.MAX_PAGE), null)
          .items()
          .stream();
    } catch (UnansweredException e) {
      return Stream.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<EventView> narrowed(RunKey key, Set<Kind> kinds) {
    try {
      return runs.events(key, 0, kinds, MAX_NARROWED, null).items();
    } catch (UnansweredException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean failed(EventView view) {
    return switch (view.event().fact()) {
      case Fact.ErrorReported _ -> true;
      case Fact.ToolResult result -> result.outcome() == ToolOutcome.FAILED;
      case Fact.ModelResponse response -> response.error() != null;
      case Fact.SpanRecorded span -> span.outcome() == ToolOutcome.FAILED;
      default -> false;
    };
  }

  private static String flags(EventView event) {
    return event.flags().stream()
        .map(Flag::word)
        .map(word -> word.replace('_', ' '))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String text(EventView view) {
    EventView.Tool tool = view.tool();
    String summary = view.event().summary();
    String name =
        tool == null || tool.name() == null || summary.startsWith(tool.name())
            ? ""
            : tool.name() + "  ";
    String text =
        name + (summary.isEmpty() && name.isEmpty() ? view.event().nativeType() : summary);
    Integer depth = view.event().scope().depth();
    return "  ".repeat(depth == null ? 0 : Math.min(8, depth)) + Shown.text(text);
  }
}
