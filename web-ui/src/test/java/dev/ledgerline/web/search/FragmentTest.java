// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.vaadin.flow.dom.Element;
import java.util.List;
import org.junit.jupiter.api.Test;

class FragmentTest {
  @Test
  void onlyMarksBecomeElementsAndEverythingElseIsText() {
    Fragment fragment = new Fragment("&lt;b&gt; &amp;amp; <mark>a&lt;b</mark> <i>end");
    List<Element> parts = fragment.getElement().getChildren().toList();
    assertEquals("<b> &amp; ", parts.get(0).getText());
    assertEquals("mark", parts.get(1).getTag());
    assertEquals("a<b", parts.get(1).getText());
    assertEquals(" <i>end", parts.get(2).getText());
  }

  @Test
  void aMarkThatIsNeverClosedIsText() {
    Fragment fragment = new Fragment("x <mark>y");
    assertEquals(
        "x <mark>y",
        fragment.getElement().getChildren().map(Element::getText).reduce("", String::concat));
  }
}
