// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import dev.ledgerline.event.Word;
import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.event.query.Query.FieldTerm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Reads the query language.
 *
 * <pre>
 *  query  = [ any ]
 *  any    = all { "OR" all }
 *  all    = not { [ "AND" ] not }
 *  not    = { "-" } term
 *  term   = "(" any ")" | phrase | word [ "*" ] | field
 *  field  = name ( ":" | ">" | ">=" | "&lt;" | "&lt;=" ) value | name ":(" list ")"
 *  list   = items { ( "," | "OR" ) items }        any of them
 *  items  = value { value }                       all of them
 *  value  = ( phrase | word ) [ "*" ] | "*"
 *  phrase = '"' text '"'
 * </pre>
 *
 * <p>{@code \\} takes the character behind it as it is. {@code text:} is a way to write a word or a
 * phrase and leaves no trace in what is parsed.
 */
public final class QueryParser {
  /**
   * In bytes of UTF-8: enough for every query somebody types, little enough to echo in an error.
   */
  static final int MAX_BYTES = 4 << 10;

  /** Each term costs a look into the index. */
  static final int MAX_TERMS = 100;

  /** Of brackets and minus signs; bounds the recursion. */
  static final int MAX_DEPTH = 20;

  private final String text;
  private int at;
  private int terms;

  private QueryParser(String text) {
    this.text = text;
  }

  /** Parses a query; an empty one is {@link Query.All}. */
  public static Query parse(String query) throws BadQueryException {
    if (query.length() > MAX_BYTES || query.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new BadQueryException("the query is longer than " + MAX_BYTES + " bytes");
    }
    return new QueryParser(query).whole();
  }

  private Query whole() throws BadQueryException {
    skipSpace();
    if (at == text.length()) {
      return new Query.All();
    }
    Query query = any(0);
    if (at < text.length()) {
      throw bad("a ) without a (", at);
    }
    return query;
  }

  private Query any(int depth) throws BadQueryException {
    List<Query> parts = new ArrayList<>();
    parts.add(all(depth));
    while (keyword("OR")) {
      parts.add(all(depth));
    }
    return or(parts);
  }

  private Query all(int depth) throws BadQueryException {
    List<Query> parts = new ArrayList<>();
    boolean more;
    do {
      parts.add(not(depth));
      more = keyword("AND") || (at < text.length() && text.charAt(at) != ')' && !isKeyword("OR"));
    } while (more);
    return and(parts);
  }

  private Query not(int depth) throws BadQueryException {
    skipSpace();
    if (depth > MAX_DEPTH) {
      throw bad("nested deeper than " + MAX_DEPTH, at);
    }
    if (at == text.length()) {
      throw bad("the query ends where a term is expected", at);
    }
    if (isKeyword("OR") || isKeyword("AND")) {
      throw bad("a term is missing before this word; write it in quotes to look for it", at);
    }
    return switch (text.charAt(at)) {
      case '-' -> negated(depth);
      case '(' -> group(depth);
      case ')' -> throw bad("a ) where a term is expected", at);
      case '"' -> {
        count();
        yield new Query.PhraseTerm(nonEmpty(quoted()));
      }
      default -> wordOrField();
    };
  }

  private Query negated(int depth) throws BadQueryException {
    at++;
    if (at == text.length() || Character.isWhitespace(text.charAt(at))) {
      throw bad("- needs a term right behind it", at - 1);
    }
    return new Query.Not(not(depth + 1));
  }

  private Query group(int depth) throws BadQueryException {
    int open = at++;
    skipSpace();
    if (at < text.length() && text.charAt(at) == ')') {
      throw bad("nothing between the brackets; put text with brackets in quotes", open);
    }
    Query inner = any(depth + 1);
    close(open);
    return inner;
  }

  private Query wordOrField() throws BadQueryException {
    int start = at;
    int nameEnd = at;
    while (nameEnd < text.length() && isNameCharacter(text.charAt(nameEnd))) {
      nameEnd++;
    }
    if (nameEnd > start && nameEnd < text.length() && ":<>".indexOf(text.charAt(nameEnd)) >= 0) {
      String name = text.substring(start, nameEnd);
      Field field = Word.of(Field.class, name.toLowerCase(Locale.ROOT));
      if (field == null) {
        List<String> known = Arrays.stream(Field.values()).map(Field::word).toList();
        throw bad(
            "unknown field " + name + Nearest.hint(name, known) + " (put text with : in quotes)",
            start);
      }
      at = nameEnd;
      return field(field);
    }
    count();
    Token token = token("");
    if (token.text.isEmpty()) {
      throw bad("* needs the beginning of a word before it", start);
    }
    return new Query.WordTerm(token.text, token.prefix);
  }

  private Query field(Field field) throws BadQueryException {
    Comparison comparison = comparison();
    if (at < text.length() && text.charAt(at) == '(' && comparison == Comparison.EQUAL) {
      return list(field);
    }
    return value(field, comparison, "");
  }

  private Comparison comparison() {
    char sign = text.charAt(at++);
    if (sign == ':') {
      return Comparison.EQUAL;
    }
    boolean orEqual = at < text.length() && text.charAt(at) == '=';
    if (orEqual) {
      at++;
    }
    return sign == '>'
        ? orEqual ? Comparison.GREATER_OR_EQUAL : Comparison.GREATER
        : orEqual ? Comparison.LESS_OR_EQUAL : Comparison.LESS;
  }

  private Query list(Field field) throws BadQueryException {
    int open = at++;
    List<Query> any = new ArrayList<>();
    do {
      List<Query> items = new ArrayList<>();
      skipSpace();
      do {
        items.add(value(field, Comparison.EQUAL, ","));
        skipSpace();
      } while (at < text.length() && ",)".indexOf(text.charAt(at)) < 0 && !isKeyword("OR"));
      any.add(and(items));
    } while (comma() || keyword("OR"));
    close(open);
    return or(any);
  }

  private boolean comma() {
    boolean found = at < text.length() && text.charAt(at) == ',';
    if (found) {
      at++;
    }
    return found;
  }

  private Query value(Field field, Comparison comparison, String ends) throws BadQueryException {
    count();
    int start = at;
    boolean quoted = at < text.length() && text.charAt(at) == '"';
    Token token;
    if (quoted) {
      String value = quoted();
      boolean prefix = at < text.length() && text.charAt(at) == '*';
      if (prefix) {
        at++;
      }
      token = new Token(value, prefix);
    } else {
      token = token(ends);
    }
    if (token.text.isEmpty() && !token.prefix) {
      throw bad(field.word() + " needs a value", start);
    }
    if (field == Field.TEXT && comparison == Comparison.EQUAL) {
      String value = nonEmpty(token.text);
      return quoted && !token.prefix
          ? new Query.PhraseTerm(value)
          : new Query.WordTerm(value, token.prefix);
    }
    FieldTerm term = new FieldTerm(field, comparison, token.text, token.prefix);
    try {
      TermValue.check(term);
    } catch (BadQueryException e) {
      throw e.at(start);
    }
    return term;
  }

  /** What was read, without escapes. */
  private record Token(String text, boolean prefix) {}

  /** Reads up to a space, a bracket, a quote or one of those characters. */
  private Token token(String ends) throws BadQueryException {
    int start = at;
    StringBuilder token = new StringBuilder();
    boolean prefix = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c) || "()\"".indexOf(c) >= 0 || ends.indexOf(c) >= 0) {
        break;
      }
      if (prefix) {
        throw bad("* can only stand at the end of a word", at - 1);
      }
      at++;
      if (c == '\\') {
        if (at == text.length()) {
          throw bad("\\ at the end of the query", at - 1);
        }
        token.append(text.charAt(at++));
      } else if (c == '*') {
        prefix = true;
      } else {
        token.append(c);
      }
    }
    if (at == start) {
      throw bad("a value is missing", at);
    }
    return new Token(token.toString(), prefix);
  }

  private String quoted() throws BadQueryException {
    int open = at++;
    StringBuilder content = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return content.toString();
      }
      if (c == '\\' && at < text.length()) {
        c = text.charAt(at++);
      }
      content.append(c);
    }
    throw bad("a quote without an end", open);
  }

  private String nonEmpty(String value) throws BadQueryException {
    if (value.isBlank()) {
      throw bad("nothing to look for", at);
    }
    return value;
  }

  private void close(int open) throws BadQueryException {
    skipSpace();
    if (at == text.length() || text.charAt(at) != ')') {
      throw bad("a ( without a )", open);
    }
    at++;
  }

  private void count() throws BadQueryException {
    if (++terms > MAX_TERMS) {
      throw bad("more than " + MAX_TERMS + " terms", at);
    }
  }

  private boolean keyword(String keyword) {
    skipSpace();
    boolean found = isKeyword(keyword);
    if (found) {
      at += keyword.length();
    }
    return found;
  }

  private boolean isKeyword(String keyword) {
    int end = at + keyword.length();
    return text.startsWith(keyword, at)
        && (end == text.length()
            || Character.isWhitespace(text.charAt(end))
            || "()\"".indexOf(text.charAt(end)) >= 0);
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  /** One part is itself; an AND of ANDs is one AND. */
  private static Query and(List<Query> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    List<Query> flat = new ArrayList<>();
    for (Query part : parts) {
      if (part instanceof Query.And and) {
        flat.addAll(and.parts());
      } else {
        flat.add(part);
      }
    }
    return new Query.And(List.copyOf(flat));
  }

  private static Query or(List<Query> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    List<Query> flat = new ArrayList<>();
    for (Query part : parts) {
      if (part instanceof Query.Or or) {
        flat.addAll(or.parts());
      } else {
        flat.add(part);
      }
    }
    return new Query.Or(List.copyOf(flat));
  }

  private static BadQueryException bad(String message, int position) {
    return new BadQueryException(message, position);
  }
}
