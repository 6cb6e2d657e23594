// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.runs;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.NativeButton;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.data.provider.ListDataProvider;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import dev.ledgerline.event.State;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.web.Address;
import dev.ledgerline.web.Frame;
import dev.ledgerline.web.Shown;
import dev.ledgerline.web.Site;
import dev.ledgerline.web.TextLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All runs that a query finds, newest first, live. */
@Route(value = "runs", layout = Frame.class)
@PageTitle("Runs – Ledgerline")
public final class RunsView extends Div implements BeforeEnterObserver {
  private static final long serialVersionUID = 1L;

  private static final int PAGE = 100;

  /** Rows that are refreshed while somebody looks; what was loaded beyond them stays as it was. */
  private static final int LIVE_ROWS = 200;

  private static final Map<String, String> SHORTCUTS =
      new java.util.TreeMap<>(
          Map.of(
              "1 all",
              "",
              "2 running",
              "state:running",
              "3 waits for somebody",
              "has:open_wait",
              "4 failed",
              "state:failed",
              "5 has errors",
              "has:error",
              "6 last hour",
              "started>-1h"));
  private static final Map<String, String> SORTS =
      new java.util.TreeMap<>(
          Map.of(
              "1 newest",
              "-started",
              "2 longest",
              "-duration",
              "3 most errors",
              "-errors",
              "4 most tokens",
              "-tokens"));

  private final transient Site site = Site.here();
  private final TextLine filter =
      new TextLine("Filter: state:failed agent:coder duration>30s \"exact words\"", this::filterBy);
  private final Div shortcuts = new Div();
  private final Div problem = new Div();
  private final Div body = new Div();
  private final List<RunSummary> shown = new ArrayList<>();
  private final Grid<RunSummary> grid = new Grid<>();
  private final NativeButton more = new NativeButton("More");
  private String query = "";
  private String sort = "-started";
  private @Nullable String next;
  private @Nullable Registration following;

  public RunsView() {
    addClassName("ll-page");
    filter.addClassName("ll-filter");
    shortcuts.addClassName("ll-chips");
    problem.addClassName("ll-problem");
    more.addClassName("ll-button");
    more.addClickListener(_ -> loadMore());
    columns();
    grid.addThemeVariants(GridVariant.LUMO_NO_ROW_BORDERS, GridVariant.LUMO_COMPACT);
    grid.setAllRowsVisible(true);
    grid.setPageSize(PAGE);
    grid.addItemClickListener(e -> UI.getCurrent().navigate(Address.run(e.getItem().key())));
    grid.setDataProvider(
        new ListDataProvider<>(shown) {
          private static final long serialVersionUID = 1L;

          @Override
          public Object getId(RunSummary run) {
            return run.key();
          }
        });
    add(new H1("Runs"), filter, shortcuts, problem, body);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    query = Address.value(event.getLocation(), "q");
    sort = Address.value(event.getLocation(), "sort");
    sort = sort.isEmpty() ? "-started" : sort;
    filter.setValue(query);
    chips();
    shown.clear();
    load(PAGE, null);
  }

  @Override
  protected void onAttach(AttachEvent event) {
    following =
        site.pulse()
            .follow(event.getUI(), () -> load(Math.clamp(shown.size(), PAGE, LIVE_ROWS), null));
  }

  @Override
  protected void onDetach(DetachEvent event) {
    if (following != null) {
      following.remove();
    }
  }

  private void filterBy(String text) {
    UI.getCurrent().navigate(RunsView.class, Address.query("q", text.strip(), "sort", sort));
  }

  private void chips() {
    shortcuts.removeAll();
    SHORTCUTS.forEach((name, q) -> shortcuts.add(chip(name, q.equals(query), () -> filterBy(q))));
    Span between = new Span("sort");
    between.addClassName("ll-soft");
    shortcuts.add(between);
    SORTS.forEach(
        (name, s) ->
            shortcuts.add(
                chip(
                    name,
                    s.equals(sort),
                    () ->
                        UI.getCurrent()
                            .navigate(RunsView.class, Address.query("q", query, "sort", s)))));
  }

  private static NativeButton chip(String numbered, boolean on, Runnable clicked) {
    NativeButton chip = new NativeButton(numbered.substring(2), _ -> clicked.run());
    chip.addClassName("ll-chip");
    chip.getElement()
        .setAttribute("data-on", on)
        .setAttribute("aria-pressed", Boolean.toString(on));
    return chip;
  }

  private void loadMore() {
    if (next != null) {
      load(PAGE, next);
    }
  }

  /** Reads the first {@code limit} rows again, or those after the cursor. */
  private void load(int limit, @Nullable String cursor) {
    try {
      RunSort by = RunSort.valueOf(sort.replace("-", "").toUpperCase(java.util.Locale.ROOT));
      Page<RunSummary> page =
          site.runs().runs(site.runs().parse(query), by, sort.startsWith("-"), limit, cursor);
      if (cursor == null) {
        // What was loaded beyond the first rows stays below them.
        List<RunSummary> rest =
            List.copyOf(shown.subList(Math.min(limit, shown.size()), shown.size()));
        shown.clear();
        shown.addAll(page.items());
        shown.addAll(
            rest.stream()
                .filter(run -> page.items().stream().noneMatch(r -> r.key().equals(run.key())))
                .toList());
        next = rest.isEmpty() ? page.next() : next;
      } else {
        shown.addAll(page.items());
        next = page.next();
      }
      problem.setText("");
      show();
    } catch (UnansweredException e) {
      explain(e.getMessage());
    } catch (IllegalArgumentException e) {
      explain("cannot sort by " + sort);
    } catch (IOException e) {
      explain("The index cannot be read: " + e.getMessage());
    }
  }

  /** Rows of an earlier question do not stay below the problem of this one. */
  private void explain(@Nullable String text) {
    problem.setText(text);
    if (shown.isEmpty()) {
      body.removeAll();
    }
  }

  private void show() {
    more.setVisible(next != null);
    grid.getDataProvider().refreshAll();
    if (!shown.isEmpty() && grid.getParent().isPresent()) {
      return; // taking it out and in again would build it again in the browser
    }
    body.removeAll();
    if (!shown.isEmpty()) {
      body.add(grid, more);
    } else if (query.isEmpty()) {
      body.add(new WaysIn(site.address().get()));
    } else {
      Span none = new Span("No run matches.");
      none.addClassName("ll-soft");
      body.add(none);
    }
  }

  private void columns() {
    grid.addColumn(
            LitRenderer.<RunSummary>of(
                    "<span class='ll-state' data-tone='${item.tone}'>${item.state}</span>")
                .withProperty("tone", run -> Shown.tone(run.state()))
                .withProperty("state", run -> Shown.state(run.state())))
        .setHeader("State")
        .setWidth("130px")
        .setFlexGrow(0);
    grid.addColumn(
            LitRenderer.<RunSummary>of(
                    "<div class='ll-two'><a class='ll-title' href='${item.href}'>${item.title}</a><span>${item.about}</span></div>")
                .withProperty("href", run -> Address.run(run.key()))
                .withProperty("title", RunsView::title)
                .withProperty("about", RunsView::about))
        .setHeader("Run")
        .setWidth("230px")
        .setFlexGrow(4);
    grid.addColumn(
            LitRenderer.<RunSummary>of("<span title='${item.exact}'>${item.ago}</span>")
                .withProperty("exact", run -> Shown.day(run.startedAt()))
                .withProperty("ago", run -> Shown.ago(run.startedAt(), site.clock().instant())))
        .setHeader("Started")
        .setWidth("130px")
        .setFlexGrow(0);
    number("Duration", this::duration, "110px");
    number("Events", run -> Shown.count(run.events()), "80px");
    number("Tools", RunsView::tools, "90px");
    number("Errors", run -> run.errors() == 0 ? "" : Shown.count(run.errors()), "70px");
    number(
        "Tokens",
        run -> run.usage() == null ? "" : Shown.tokens(run.usage().effectiveTotal()),
        "80px");
    number(
        "Waits",
        run ->
            run.openWaits() > 0
                ? run.openWaits() + " open"
                : run.waits() == 0 ? "" : "" + run.waits(),
        "80px");
    grid.setPartNameGenerator(run -> run.state() == State.FAILED ? "failed" : null);
  }

  private void number(
      String name, com.vaadin.flow.function.ValueProvider<RunSummary, String> value, String width) {
    grid.addColumn(value)
        .setHeader(name)
        .setWidth(width)
        .setFlexGrow(0)
        .setTextAlign(com.vaadin.flow.component.grid.ColumnTextAlign.END);
  }

  private static String title(RunSummary run) {
    return Shown.text(run.title() != null ? run.title() : run.key().run());
  }

  private static String about(RunSummary run) {
    String agents =
        run.agents().isEmpty()
            ? run.dialect()
            : String.join(", ", run.agents().subList(0, Math.min(4, run.agents().size())));
    return Shown.text(
        agents
            + " · "
            + run.key().run()
            + (run.thread() == null ? "" : " · thread " + run.thread()));
  }

  private String duration(RunSummary run) {
    Long told = run.durationMillis();
    if (told != null) {
      return Shown.duration(told);
    }
    return run.state().terminal()
        ? ""
        : Shown.duration(Math.max(0, site.clock().millis() - run.startedAt().toEpochMilli()))
            + " …";
  }

  private static String tools(RunSummary run) {
    return run.toolCalls() == 0
        ? ""
        : run.failedTools() == 0
            ? "" + run.toolCalls()
            : run.toolCalls() + " (" + run.failedTools() + " ✕)";
  }
}
