// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.component.html.Span;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;

/** A state as shape, word and colour, with a mark where nobody reported it. */
public final class StateMark extends Span {
  private static final long serialVersionUID = 1L;

  public StateMark(State state, Quality quality) {
    Span word = new Span(Shown.state(state));
    word.addClassName("ll-state");
    word.getElement().setAttribute("data-tone", Shown.tone(state));
    add(word);
    if (quality != Quality.REPORTED) {
      Span mark = new Span(quality.word());
      mark.addClassName("ll-quality");
      mark.setTitle(
          quality == Quality.DERIVED
              ? "It follows from other events; the source did not say so."
              : "Our own conclusion; no event says so.");
      add(mark);
    }
  }
}
