// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.search;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.dom.Element;

/**
 * A piece of text with what matched marked. It comes escaped, with {@code <mark>} as its only tag;
 * it is taken apart here and shown as text nodes all the same, so that no mistake elsewhere can
 * become markup.
 */
final class Fragment extends Div {
  private static final long serialVersionUID = 1L;

  private static final String OPEN = "<mark>";
  private static final String CLOSE = "</mark>";

  Fragment(String escaped) {
    addClassName("ll-fragment");
    int at = 0;
    while (at < escaped.length()) {
      int open = escaped.indexOf(OPEN, at);
      int close = open < 0 ? -1 : escaped.indexOf(CLOSE, open);
      if (close < 0) {
        text(escaped.substring(at));
        return;
      }
      text(escaped.substring(at, open));
      getElement()
          .appendChild(
              new Element("mark")
                  .setText(unescaped(escaped.substring(open + OPEN.length(), close))));
      at = close + CLOSE.length();
    }
  }

  private void text(String escaped) {
    if (!escaped.isEmpty()) {
      getElement().appendChild(Element.createText(unescaped(escaped)));
    }
  }

  static String unescaped(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }
}
