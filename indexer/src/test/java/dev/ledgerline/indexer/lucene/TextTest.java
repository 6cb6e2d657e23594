// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.indexer.RunReader.Hit;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTest extends StoreTest {
  private List<String> fragments(String query) throws Exception {
    List<Hit> hits = store.search(QueryParser.parse(query), 10, null, soon()).items();
    assertEquals(1, hits.size(), query);
    return hits.getFirst().fragments();
  }

  private int found(String query) throws Exception {
    return store.search(QueryParser.parse(query), 10, null, soon()).items().size();
  }

  @Test
  void findsANeedleAtTheStartTheMiddleAndTheEndOfAMegabyte() throws Exception {
    String hay = "some words of hay, and more; ".repeat(18_000);
    story.in("r").says("alphaneedle " + hay + " betaneedle " + hay + " gammaneedle");
    index();
    assertTrue(hay.length() > 500_000);
    assertEquals(1, found("alphaneedle"));
    assertEquals(1, found("betaneedle gammaneedle"));
    assertEquals(1, found("\"more;  gammaneedle\""));
    List<String> fragments = fragments("gammaneedle");
    assertEquals(1, fragments.size());
    assertTrue(fragments.getFirst().endsWith(" <mark>gammaneedle</mark>"), fragments.toString());
    assertTrue(fragments.getFirst().startsWith("…"), fragments.toString());
  }

  @Test
  void findsKeysValuesNumbersAndJsonInStrings() throws Exception {
    story
        .in("r")
        .tell(
            new dev.ledgerline.event.Fact.PlanUpdated(),
            "Plan",
            "args",
            "{\"q\":\"line one\\nbetween\",\"count\":4711}");
    index();
    for (String query : List.of("args", "4711", "between", "\"line one\"", "\"q\"", "plan")) {
      assertEquals(1, found(query), query);
    }
  }

  @Test
  void keepsPhrasesWithinOneValue() throws Exception {
    story
        .in("r")
        .tell(new dev.ledgerline.event.Fact.PlanUpdated(), "Plan", "a", "left", "b", "right");
    index();
    assertEquals(1, found("left right"));
    assertEquals(0, found("\"left b\""));
    assertEquals(0, found("left/b"));
  }

  @Test
  void ignoresCaseAndFormOfAnyScript() throws Exception {
    story.in("r").says("ÉCOLE Straße Привет МИР שלום 東京タワー");
    index();
    for (String query :
        List.of(
            "école",
            "e\u0301cole",
            "\"e\u0301cole straße\"",
            "привет",
            "\"привет мир\"",
            "שלום",
            "東京",
            "タワー",
            "прив*")) {
      assertEquals(1, found(query), query);
    }
    assertEquals(List.of("ÉCOLE Straße <mark>Привет</mark> МИР שלום 東京タワー"), fragments("привет"));
  }

  @Test
  void writesFragmentsThatCannotHarmThePageTheyStandIn() throws Exception {
    story.in("r").says("<script>alert('needle')</script>\u202egnp.\u200b&\u0007\n\"x\"");
    index();
    assertEquals(
        List.of(
            "&lt;script&gt;alert(&#39;<mark>needle</mark>&#39;)&lt;/script&gt;"
                + "\\u202egnp.\\u200b&amp;\\u0007 &quot;x&quot;"),
        fragments("needle"));
  }

  @Test
  void showsUpToThreeFragmentsAndTheSummaryWhereNoWordWasAskedFor() throws Exception {
    story.in("r").says(("needle " + "hay ".repeat(100)).repeat(5));
    index();
    assertEquals(3, fragments("needle").size());
    List<String> summary = fragments("kind:message");
    assertEquals(1, summary.size());
    assertFalse(summary.getFirst().contains("<mark>"));
    assertTrue(fragments("\"hay needle\"").getFirst().contains("<mark>hay needle</mark>"));
    assertTrue(fragments("hay/needle").getFirst().contains("<mark>"));
  }
}
