// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.component.dependency.StyleSheet;
import com.vaadin.flow.component.page.AppShellConfigurator;
import com.vaadin.flow.component.page.Push;
import com.vaadin.flow.component.page.Viewport;
import com.vaadin.flow.server.AppShellSettings;
import com.vaadin.flow.shared.ui.Transport;

/** What every page has: style sheets, the push channel, an icon that needs no file. */
@Push(transport = Transport.WEBSOCKET_XHR)
@StyleSheet("lumo/lumo.css")
@StyleSheet("static/ledgerline.css")
@Viewport("width=device-width, initial-scale=1")
public final class Shell implements AppShellConfigurator {
  private static final long serialVersionUID = 1L;

  @Override
  public void configurePage(AppShellSettings settings) {
    settings.addLink(
        "icon",
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
            + "%3Cpath stroke='%231f5fbf' stroke-width='2' d='M2 4h12'/%3E%3Cpath stroke='%238f9aa8' d='M2 8h12M2 12h12'/%3E%3C/svg%3E");
    settings.setPageTitle("Ledgerline");
  }
}
