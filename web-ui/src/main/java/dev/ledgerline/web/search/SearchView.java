// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.search;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.NativeButton;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import dev.ledgerline.event.Event;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader.Hit;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.web.Address;
import dev.ledgerline.web.Frame;
import dev.ledgerline.web.Shown;
import dev.ledgerline.web.Site;
import dev.ledgerline.web.TextLine;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Events that hold some words or match a query, newest first, with what matched. */
@Route(value = "search", layout = Frame.class)
@PageTitle("Search – Ledgerline")
public final class SearchView extends Div implements BeforeEnterObserver {
  private static final long serialVersionUID = 1L;

  private static final int PAGE = 30;

  private final transient Site site = Site.here();
  private final TextLine line =
      new TextLine(
          "Words, \"exact text\", kind:error tool:grep, …",
          text -> UI.getCurrent().navigate(SearchView.class, Address.query("q", text.strip())));
  private final Div problem = new Div();
  private final Div hits = new Div();
  private final NativeButton more = new NativeButton("More", _ -> load());
  private String query = "";
  private @Nullable String next;

  public SearchView() {
    addClassName("ll-page");
    line.addClassName("ll-filter");
    problem.addClassName("ll-problem");
    hits.addClassName("ll-page");
    more.addClassName("ll-button");
    hits.getElement().getStyle().set("padding", "0");
    add(new H1("Search"), line, problem, hits, more);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    query = Address.value(event.getLocation(), "q");
    line.setValue(query);
    hits.removeAll();
    next = null;
    more.setVisible(false);
    problem.setText("");
    if (query.isEmpty()) {
      hint(
          "Everything that was recorded can be found by any word in it: arguments, results, messages, errors, ids.");
    } else {
      load();
    }
  }

  private void load() {
    try {
      Page<Hit> page = site.runs().search(site.runs().parse(query), PAGE, next);
      page.items().forEach(hit -> hits.add(row(hit)));
      next = page.next();
      more.setVisible(next != null);
      if (hits.getChildren().findAny().isEmpty()) {
        hint("Nothing matches.");
      }
    } catch (UnansweredException e) {
      problem.setText(e.getMessage());
    } catch (IOException e) {
      problem.setText("The index cannot be read: " + e.getMessage());
    }
  }

  private void hint(String text) {
    Span hint = new Span(text);
    hint.addClassName("ll-soft");
    hits.add(hint);
  }

  private static Div row(Hit hit) {
    Event event = hit.event().event();
    Span kind = new Span(event.kind().word());
    kind.addClassName("ll-kind");
    kind.getElement().setAttribute("data-group", Shown.group(event.kind()));
    Span about = new Span(" " + Shown.text(event.scope().agent()) + " · " + Shown.day(event.at()));
    about.addClassName("ll-soft");
    Div head = new Div(kind, about);
    Div row = new Div(head);
    row.addClassName("ll-hit");
    String run = event.scope().run();
    String text = Shown.text(event.summary().isEmpty() ? event.nativeType() : event.summary());
    if (run == null) {
      row.add(new Span(text));
    } else {
      RunKey key = new RunKey(event.source(), run);
      row.add(new Anchor(Address.event(key, hit.event().seq()), text));
      Anchor whole = new Anchor(Address.run(key), Shown.text("run " + run));
      whole.addClassName("ll-mono");
      head.add(new Span(" · "), whole);
    }
    hit.fragments().forEach(fragment -> row.add(new Fragment(fragment)));
    return row;
  }
}
