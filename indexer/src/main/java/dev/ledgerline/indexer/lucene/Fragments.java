// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.query.Field;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.event.query.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Pieces of text around what matched, fit to be put into a page: escaped, what matched in {@code
 * <mark>}, and characters that nobody sees or that turn the text around written as escapes.
 */
final class Fragments {
  private static final int MAX_FRAGMENTS = 3;
  private static final int LENGTH = 160;
  private static final int BEFORE = 60;

  /** In each text; more of the same tells nobody more. */
  private static final int MAX_MATCHES = 64;

  /** {@code prefix}: it may end in the middle of a word. */
  private record Needle(String folded, boolean prefix) {}

  private record Match(int from, int to) {}

  private final List<Needle> needles = new ArrayList<>();

  /** For matches of what the query asks for, not of what it excludes. */
  Fragments(Query query) {
    collect(query);
  }

  private void collect(Query query) {
    switch (query) {
      case Query.And and -> and.parts().forEach(this::collect);
      case Query.Or or -> or.parts().forEach(this::collect);
      case Query.WordTerm word -> add(word.word(), word.prefix());
      case Query.PhraseTerm phrase -> add(phrase.phrase(), true);
      case Query.FieldTerm term -> {
        if (term.field() == Field.TEXT || term.field() == Field.ERROR) {
          add(term.value(), term.prefix());
        }
      }
      case Query.Not not -> {}
      case Query.All all -> {}
    }
  }

  private void add(String text, boolean prefix) {
    if (!text.isEmpty()) {
      needles.add(new Needle(Folded.of(text).folded(), prefix));
    }
  }

  /**
   * Up to three fragments.
   *
   * @param otherwise shown where nothing in the texts matched
   */
  List<String> of(List<String> texts, String otherwise) {
    List<String> fragments = new ArrayList<>();
    for (String text : texts) {
      if (needles.isEmpty() || fragments.size() == MAX_FRAGMENTS) {
        break;
      }
      add(Folded.of(text), fragments);
    }
    if (fragments.isEmpty() && !otherwise.isEmpty()) {
      fragments.add(cut(otherwise, 0, List.of()));
    }
    return List.copyOf(fragments);
  }

  private void add(Folded text, List<String> fragments) {
    List<Match> matches = matches(text);
    int i = 0;
    while (i < matches.size() && fragments.size() < MAX_FRAGMENTS) {
      int from = Math.max(0, matches.get(i).from - BEFORE);
      List<Match> within = new ArrayList<>();
      while (i < matches.size()
          && matches.get(i).to <= Math.max(from + LENGTH, matches.get(i).from + 1)) {
        within.add(matches.get(i++));
      }
      if (within.isEmpty()) {
        within.add(matches.get(i++)); // longer than a fragment: its beginning is shown
      }
      fragments.add(cut(text.shown(), from, within));
    }
  }

  private List<Match> matches(Folded text) {
    List<Match> matches = new ArrayList<>();
    for (Needle needle : needles) {
      int before = matches.size();
      find(text, needle, matches);
      if (matches.size() == before) {
        // Its words may stand there with something else between them.
        for (String word : Words.of(needle.folded)) {
          find(text, new Needle(word, needle.prefix), matches);
        }
      }
    }
    matches.sort(Comparator.comparingInt(Match::from).thenComparingInt(Match::to));
    List<Match> apart = new ArrayList<>();
    for (Match match : matches) {
      if (apart.isEmpty() || apart.getLast().to <= match.from) {
        apart.add(match);
      }
    }
    return apart;
  }

  private static void find(Folded text, Needle needle, List<Match> matches) {
    int at = text.find(needle.folded, 0, !needle.prefix);
    for (int n = 0; at >= 0 && n < MAX_MATCHES; n++) {
      int end = at + needle.folded.length();
      matches.add(new Match(at, end));
      at = text.find(needle.folded, end, !needle.prefix);
    }
  }

  private static String cut(String text, int from, List<Match> matches) {
    int start = wholeCharacter(text, from);
    int end = wholeCharacter(text, Math.min(text.length(), start + LENGTH));
    StringBuilder html = new StringBuilder(LENGTH + 64);
    if (start > 0) {
      html.append('…');
    }
    int at = start;
    for (Match match : matches) {
      int to = Math.min(match.to, end);
      escape(text, at, match.from, html);
      html.append("<mark>");
      escape(text, match.from, to, html);
      html.append("</mark>");
      at = to;
    }
    escape(text, at, end, html);
    if (end < text.length()) {
      html.append('…');
    }
    return html.toString();
  }

  private static int wholeCharacter(String text, int at) {
    boolean inside =
        at > 0
            && at < text.length()
            && Character.isLowSurrogate(text.charAt(at))
            && Character.isHighSurrogate(text.charAt(at - 1));
    return inside ? at - 1 : at;
  }

  private static void escape(String text, int from, int to, StringBuilder html) {
    for (int i = from; i < to; ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '&' -> html.append("&amp;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        case '\n', '\r', '\t' -> html.append(' ');
        default -> {
          if (isSeen(c)) {
            html.appendCodePoint(c);
          } else {
            html.append(c > 0xffff ? "\\u{%x}".formatted(c) : "\\u%04x".formatted(c));
          }
        }
      }
    }
  }

  /** False for controls, marks of direction, zero-width characters and halves of characters. */
  private static boolean isSeen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
