// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.NotFoundException;
import com.vaadin.flow.router.ParentLayout;

/** An address that leads nowhere. */
@ParentLayout(Frame.class)
public final class NoSuchPage extends Div implements HasErrorParameter<NotFoundException> {
  private static final long serialVersionUID = 1L;

  public NoSuchPage() {
    addClassName("ll-page");
    add(new H1("There is no such page"), new Paragraph(new Anchor("runs", "All runs")));
  }

  @Override
  public int setErrorParameter(
      BeforeEnterEvent event, ErrorParameter<NotFoundException> parameter) {
    return 404;
  }
}
