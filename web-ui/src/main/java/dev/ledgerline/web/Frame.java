// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.NativeButton;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.RouterLayout;
import com.vaadin.flow.router.RouterLink;
import dev.ledgerline.web.runs.RunsView;
import dev.ledgerline.web.search.SearchView;
import dev.ledgerline.web.system.SystemView;
import java.util.List;

/** What stands around every page: name, places to go, search, light and dark, help. */
@JsModule("context://static/ledgerline-shell.js")
public final class Frame extends Div implements RouterLayout {
  private static final long serialVersionUID = 1L;

  private static final List<List<String>> KEYS =
      List.of(
          List.of("/", "search"),
          List.of("j  k", "next and previous event"),
          List.of("n", "next error"),
          List.of("t", "next change of state"),
          List.of("h", "next wait for somebody"),
          List.of("w  s", "zoom the timeline in and out"),
          List.of("a  d", "move along the timeline"),
          List.of("[  ]", "first and last event"),
          List.of("Esc", "leave a field, close this"),
          List.of("?", "this help"));

  public Frame() {
    addClassName("ll-frame");
    Anchor name = new Anchor("runs", "Ledgerline");
    name.addClassName("ll-name");
    Nav places =
        new Nav(
            new RouterLink("Runs", RunsView.class),
            new RouterLink("Search", SearchView.class),
            new RouterLink("System", SystemView.class));
    TextLine find = new TextLine("Search in everything ( / )", text -> goTo(text));
    find.addClassName("ll-find");
    NativeButton scheme = new NativeButton("◐");
    scheme.addClassName("ll-button");
    scheme.setTitle("light or dark");
    scheme
        .getElement()
        .setAttribute("aria-label", "light or dark")
        .setAttribute("onclick", "ledgerlineScheme()");
    Div bar = new Div(name, places, find, scheme);
    bar.addClassName("ll-bar");
    add(bar, help());
  }

  private static void goTo(String text) {
    UI.getCurrent().navigate(SearchView.class, Address.query("q", text));
  }

  private static Div help() {
    DescriptionList keys = new DescriptionList();
    for (List<String> key : KEYS) {
      Span shown = new Span();
      for (String one : key.getFirst().split("  ", -1)) {
        shown.getElement().appendChild(new com.vaadin.flow.dom.Element("kbd").setText(one));
      }
      keys.add(new DescriptionList.Term(shown), new DescriptionList.Description(key.getLast()));
    }
    Div help = new Div(new Div(new H2("Keys"), keys));
    help.addClassName("ll-help");
    return help;
  }
}
