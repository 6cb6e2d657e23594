// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.event.query.Query.FieldTerm;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QueryParserTest {
  @Test
  void readsEveryFormOfTheLanguage() throws Exception {
    reads("", new Query.All());
    reads("  ", new Query.All());
    reads("word", word("word"));
    reads("Word*", new Query.WordTerm("Word", true));
    reads("\"exact phrase\"", new Query.PhraseTerm("exact phrase"));
    reads("\"a \\\"b\\\" \\\\\"", new Query.PhraseTerm("a \"b\" \\"));
    reads("state:failed", is(Field.STATE, "failed"));
    reads("STATE:failed", is(Field.STATE, "failed"));
    reads("agent:\"the planner\"", is(Field.AGENT, "the planner"));
    reads("agent:pl*", new FieldTerm(Field.AGENT, Comparison.EQUAL, "pl", true));
    reads("agent:\"the pl\"*", new FieldTerm(Field.AGENT, Comparison.EQUAL, "the pl", true));
    reads("agent:*", new FieldTerm(Field.AGENT, Comparison.EQUAL, "", true));
    reads("run:a:b/c,d", is(Field.RUN, "a:b/c,d"));
    reads("duration>30s", new FieldTerm(Field.DURATION, Comparison.GREATER, "30s", false));
    reads(
        "tokens>=10000", new FieldTerm(Field.TOKENS, Comparison.GREATER_OR_EQUAL, "10000", false));
    reads("cost<0.5", new FieldTerm(Field.COST, Comparison.LESS, "0.5", false));
    reads("events<=3", new FieldTerm(Field.EVENTS, Comparison.LESS_OR_EQUAL, "3", false));
    reads("started>-2h", new FieldTerm(Field.STARTED, Comparison.GREATER, "-2h", false));
    reads("-tool:grep", new Query.Not(is(Field.TOOL, "grep")));
    reads("--a", new Query.Not(new Query.Not(word("a"))));
    reads("a b", new Query.And(List.of(word("a"), word("b"))));
    reads("a AND b", new Query.And(List.of(word("a"), word("b"))));
    reads("a OR b", new Query.Or(List.of(word("a"), word("b"))));
    reads("a or b", new Query.And(List.of(word("a"), word("or"), word("b"))));
    reads(
        "a b OR c", new Query.Or(List.of(new Query.And(List.of(word("a"), word("b"))), word("c"))));
    reads(
        "a (b OR c)",
        new Query.And(List.of(word("a"), new Query.Or(List.of(word("b"), word("c"))))));
    reads("((a))", word("a"));
    reads("(a b) c", new Query.And(List.of(word("a"), word("b"), word("c"))));
    reads("a OR (b OR c)", new Query.Or(List.of(word("a"), word("b"), word("c"))));
    reads(
        "has:(open_wait, error, violation)",
        new Query.Or(
            List.of(
                is(Field.HAS, "open_wait"), is(Field.HAS, "error"), is(Field.HAS, "violation"))));
    reads(
        "agent:(a OR \"b c\")",
        new Query.Or(List.of(is(Field.AGENT, "a"), is(Field.AGENT, "b c"))));
    reads("agent:(a b)", new Query.And(List.of(is(Field.AGENT, "a"), is(Field.AGENT, "b"))));
    reads("has:( error )", is(Field.HAS, "error"));
    reads("text:\"DROP TABLE\"", new Query.PhraseTerm("DROP TABLE"));
    reads("text:drop", word("drop"));
    reads("src/main.py", word("src/main.py"));
    reads("12:30", word("12:30"));
    reads("\\-a", word("-a"));
    reads("\\OR", word("OR"));
    reads("http\\://x", word("http://x"));
    reads("größe", word("größe"));
  }

  @Test
  void readsTheExampleOfTheContract() throws Exception {
    Query query =
        QueryParser.parse(
            "state:failed agent:coder -tool:grep duration>30s tokens>=10000 has:open_wait"
                + " started>-2h \"exact phrase\" (kind:error OR kind:tool.result)"
                + " text:\"DROP TABLE\"");
    assertEquals(
        "state:failed agent:coder -tool:grep duration>30s tokens>=10000 has:open_wait"
            + " started>-2h \"exact phrase\" (kind:error OR kind:tool.result) \"DROP TABLE\"",
        query.toString());
  }

  @Test
  void saysWhatIsWrongAndWhere() {
    fails("statee:failed", 0, "unknown field statee, did you mean state?");
    fails("a toool:x", 2, "unknown field toool, did you mean tool?");
    fails("xyzzy:1", 0, "unknown field xyzzy; known are run thread");
    fails("state:faild", 6, "unknown state \"faild\", did you mean failed?");
    fails("verdict:good", 8, "unknown verdict \"good\"; known are ok violated unknown");
    fails("kind:tool.cal", 5, "did you mean tool.call?");
    fails("has:(open_wait, eror)", 16, "unknown has \"eror\", did you mean error?");
    fails("flag:x*", 5, "unknown flag");
    fails("state>failed", 6, "state has no order");
    fails("duration>fast", 9, "duration needs a duration like 250ms");
    fails("duration>3*", 9, "duration takes no *");
    fails("tokens>many", 7, "tokens needs a number");
    fails("started>yesterday", 8, "started needs a time like");
    fails("started>2026-13-01", 8, "started needs a time like");
    fails("started:-2h", 8, "use > or <");
    fails("(a", 0, "a ( without a )");
    fails("a)", 1, "a ) without a (");
    fails("()", 0, "nothing between the brackets");
    fails("\"a", 0, "a quote without an end");
    fails("\"\"", 2, "nothing to look for");
    fails("state:", 6, "a value is missing");
    fails("agent:\"\"", 6, "agent needs a value");
    fails("-", 0, "- needs a term");
    fails("a -", 2, "- needs a term");
    fails("OR a", 0, "a term is missing");
    fails("a OR", 4, "the query ends where a term is expected");
    fails("a AND", 5, "the query ends where a term is expected");
    fails("a OR OR b", 5, "a term is missing");
    fails("a*b", 1, "* can only stand at the end of a word");
    fails("*", 0, "* needs the beginning of a word");
    fails("a\\", 1, "\\ at the end of the query");
    fails("has:()", 5, "a value is missing");
    fails("has:(error", 4, "a ( without a )");
    fails("(a OR )", 6, "a ) where a term is expected");
  }

  @Test
  void limitsAreNamed() throws Exception {
    fails("x".repeat(QueryParser.MAX_BYTES + 1), 0, "longer than 4096 bytes");
    fails("ä".repeat(QueryParser.MAX_BYTES / 2 + 1), 0, "longer than 4096 bytes");
    QueryParser.parse("x ".repeat(QueryParser.MAX_TERMS));
    fails("x ".repeat(QueryParser.MAX_TERMS + 1), 200, "more than 100 terms");
    QueryParser.parse("(".repeat(20) + "a" + ")".repeat(20));
    fails("(".repeat(21) + "a" + ")".repeat(21), 21, "nested deeper than 20");
    fails("-".repeat(21) + "a", 21, "nested deeper than 20");
    fails("(".repeat(4_000), 21, "nested deeper than 20");
  }

  @Test
  void whatIsPrintedParsesToTheSame() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 5_000; round++) {
      Query query = randomQuery(random, 3);
      String printed = query.toString();
      assertEquals(query, QueryParser.parse(printed), () -> printed + " seed " + seed);
    }
  }

  @Test
  void anyTextIsAQueryOrAClearErrorInside() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "ab \"()*\\-:<>=,OR AND state text has ä𝄞\t";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(20); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String query = text.toString();
      try {
        Query parsed = QueryParser.parse(query);
        assertEquals(parsed, QueryParser.parse(parsed.toString()), () -> query + " seed " + seed);
      } catch (BadQueryException e) {
        assertTrue(e.position() >= 0 && e.position() <= query.length(), query);
        assertTrue(!e.getMessage().isEmpty());
      }
    }
  }

  private static Query randomQuery(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 3 : 6)) {
      case 0 -> new Query.WordTerm(randomText(random), random.nextBoolean());
      case 1 -> new Query.PhraseTerm(randomText(random));
      case 2 -> randomTerm(random);
      case 3 -> new Query.Not(randomQuery(random, depth - 1));
      case 4 -> new Query.And(randomParts(random, depth, Query.And.class));
      default -> new Query.Or(randomParts(random, depth, Query.Or.class));
    };
  }

  private static List<Query> randomParts(Random random, int depth, Class<? extends Query> not) {
    List<Query> parts = new ArrayList<>();
    while (parts.size() < 2 + depth % 2) {
      Query part = randomQuery(random, depth - 1);
      if (!not.isInstance(part)) {
        parts.add(part);
      }
    }
    return parts;
  }

  private static FieldTerm randomTerm(Random random) {
    return switch (random.nextInt(3)) {
      case 0 ->
          new FieldTerm(Field.AGENT, Comparison.EQUAL, randomText(random), random.nextBoolean());
      case 1 -> new FieldTerm(Field.RUN, Comparison.EQUAL, randomText(random), false);
      default ->
          new FieldTerm(
              Field.TOKENS,
              Comparison.values()[random.nextInt(5)],
              String.valueOf(random.nextInt(1000)),
              false);
    };
  }

  private static String randomText(Random random) {
    String[] pieces = {
      "a", "OR", "AND", "-", "\"", "(", ")", "*", "\\", " ", ":", ">", "=", ",", "ä", "𝄞", "state",
      "\n"
    };
    StringBuilder text = new StringBuilder();
    do {
      text.append(pieces[random.nextInt(pieces.length)]);
    } while (text.toString().isBlank() || random.nextInt(3) > 0);
    return text.toString();
  }

  private static void reads(String text, Query query) throws BadQueryException {
    assertEquals(query, QueryParser.parse(text), text);
    assertEquals(query, QueryParser.parse(query.toString()), () -> "printed: " + query);
  }

  private static void fails(String text, int position, String message) {
    BadQueryException e =
        assertThrows(BadQueryException.class, () -> QueryParser.parse(text), text);
    assertTrue(e.getMessage().contains(message), () -> text + ": " + e.getMessage());
    assertEquals(position, e.position(), () -> text + ": " + e.getMessage());
  }

  private static Query word(String word) {
    return new Query.WordTerm(word, false);
  }

  private static FieldTerm is(Field field, String value) {
    return new FieldTerm(field, Comparison.EQUAL, value, false);
  }
}
