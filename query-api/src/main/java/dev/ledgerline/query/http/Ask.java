// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.event.Kind;
import dev.ledgerline.event.Word;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.log.Position;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.UnansweredException.Misput;
import io.javalin.http.Context;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The request of a question. A value that cannot be understood is an error, never a guess. */
final class Ask {
  private static final int USUAL_LIMIT = 50;

  private final Asked asked;

  Ask(Asked asked) {
    this.asked = asked;
  }

  Ask(Context request) {
    this(new Asked.ByRequest(request));
  }

  /** A query string that cannot be decoded would look like one that asks for nothing. */
  static void mustBeReadable(Context request) throws Misput {
    String encoded = request.queryString();
    if (encoded == null) {
      return;
    }
    try {
      // every byte as a character of its own; what was sent without encoding is text already
      String bytes =
          URLDecoder.decode(encoded.replaceAll("\\P{ASCII}", "?"), StandardCharsets.ISO_8859_1);
      StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw Misput.request(
          "what follows the ? is not UTF-8, percent-encoded (a % needs two hex digits)");
    }
  }

  /** How a list of runs is sorted. */
  record Sorting(RunSort by, boolean descending) {
    static final Sorting NEWEST_FIRST = new Sorting(RunSort.STARTED, true);
  }

  /** A part of the path, decoded. */
  String path(String name) {
    return asked.path(name);
  }

  /** Null where it is missing or empty. */
  @Nullable String text(String name) {
    String value = asked.parameter(name);
    return value == null || value.isEmpty() ? null : value;
  }

  int limit() throws Misput {
    return limit(USUAL_LIMIT);
  }

  int limit(int otherwise) throws Misput {
    String text = text("limit");
    if (text == null) {
      return otherwise;
    }
    long limit = number("limit", text);
    if (limit < 1 || limit > Runs.MAX_PAGE) {
      throw Misput.request("limit must be from 1 to " + Runs.MAX_PAGE + ", not " + text);
    }
    return (int) limit;
  }

  @Nullable String cursor() {
    return text("cursor");
  }

  Sorting sorting() throws Misput {
    String text = text("sort");
    if (text == null) {
      return Sorting.NEWEST_FIRST;
    }
    boolean descending = text.startsWith("-");
    String field = descending ? text.substring(1) : text;
    for (RunSort sort : RunSort.values()) {
      if (sort.name().toLowerCase(Locale.ROOT).equals(field)) {
        return new Sorting(sort, descending);
      }
    }
    throw Misput.request(
        "sort must be started, ended, duration, events, errors or tokens, with - for descending");
  }

  /** A number from 0, {@code otherwise} where it is missing. */
  long number(String name, long otherwise) throws Misput {
    String text = text(name);
    return text == null ? otherwise : number(name, text);
  }

  /** A number from 0 that stands in the path. */
  long pathNumber(String name) throws Misput {
    return number(name, path(name));
  }

  private static long number(String name, String text) throws Misput {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Misput.request(name + " must be a whole number, not " + text);
  }

  boolean yes(String name) throws Misput {
    String text = text(name);
    return switch (text) {
      case null -> false;
      case "true" -> true;
      case "false" -> false;
      default -> throw Misput.request(name + " must be true or false");
    };
  }

  /** {@code kind}, once or several times, with commas or without; empty: all. */
  Set<Kind> kinds() throws Misput {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (String parameter : asked.parameters("kind")) {
      for (String word : parameter.split(",")) {
        Kind kind = Word.of(Kind.class, word.strip());
        if (kind == null) {
          throw Misput.request("there is no kind of events called " + word);
        }
        kinds.add(kind);
      }
    }
    return kinds;
  }

  /** Null where it is missing. */
  @Nullable Position position(String name) throws Misput {
    return position(name, text(name));
  }

  static @Nullable Position position(String name, @Nullable String text) throws Misput {
    if (text == null) {
      return null;
    }
    Position position = Position.parse(text);
    if (position == null) {
      throw Misput.request(name + " must be a position such as 0-18423, not " + text);
    }
    return position;
  }

  /** Waits for {@code after_position} where it is asked for. */
  void awaitPosition(Runs runs) throws UnansweredException, InterruptedException {
    Position position = position("after_position");
    if (position != null) {
      runs.awaitPosition(position);
    }
  }
}
