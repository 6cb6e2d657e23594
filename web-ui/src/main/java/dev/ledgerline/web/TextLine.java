// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.dom.Element;
import java.util.function.Consumer;

/** One line to type in; Enter says that it is meant. */
public final class TextLine extends Div {
  private static final long serialVersionUID = 1L;

  /** Longer than any query may be, short enough not to matter. */
  private static final int MAX_LENGTH = 8_192;

  private final Element input = new Element("input");

  public TextLine(String hint, Consumer<String> meant) {
    input
        .setAttribute("class", "ll-input")
        .setAttribute("placeholder", hint)
        .setAttribute("aria-label", hint)
        .setAttribute("maxlength", Integer.toString(MAX_LENGTH))
        .setAttribute("spellcheck", "false")
        .setAttribute("autocomplete", "off");
    input
        .addEventListener(
            "keydown", e -> meant.accept(e.getEventData().get("event.target.value").asString()))
        .setFilter("event.key === 'Enter'")
        .addEventData("event.target.value");
    getElement().appendChild(input);
  }

  public void setValue(String text) {
    input.setProperty("value", text);
  }
}
