// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.event.Word;
import java.util.List;

/** A question without an answer, and why, in a sentence for who asked. */
public abstract sealed class UnansweredException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The reasons, as the error codes of api.md. */
  public enum Code implements Word {
    BAD_QUERY,
    BAD_CURSOR,
    BAD_REQUEST,
    RUN_NOT_FOUND,
    NOT_FOUND,
    AMBIGUOUS_RUN,
    TIMEOUT
  }

  private final Code code;

  private UnansweredException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  /** The question itself is wrong: its query, its cursor or another part of it. */
  public static final class Misput extends UnansweredException {
    private static final long serialVersionUID = 1L;

    private Misput(Code code, String message) {
      super(code, message);
    }

    public static Misput query(String message) {
      return new Misput(Code.BAD_QUERY, message);
    }

    public static Misput cursor(String message) {
      return new Misput(Code.BAD_CURSOR, message);
    }

    public static Misput request(String message) {
      return new Misput(Code.BAD_REQUEST, message);
    }
  }

  /** There is no such thing. */
  public static final class Absent extends UnansweredException {
    private static final long serialVersionUID = 1L;

    private Absent(Code code, String message) {
      super(code, message);
    }

    public static Absent run(String id) {
      return new Absent(Code.RUN_NOT_FOUND, "no run with id " + id);
    }

    public static Absent thing(String message) {
      return new Absent(Code.NOT_FOUND, message);
    }
  }

  /** Several sources have one of that name. */
  public static final class Ambiguous extends UnansweredException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialized
    private final List<String> sources;

    /**
     * @param what is ambiguous, for example {@code a run with id 7}
     */
    public Ambiguous(String what, List<String> sources) {
      super(
          Code.AMBIGUOUS_RUN,
          "several sources have "
              + what
              + ": "
              + String.join(", ", sources)
              + "; say which with ?source=");
      this.sources = List.copyOf(sources);
    }

    /** In alphabetical order. */
    public List<String> sources() {
      return sources;
    }
  }

  /** The answer was not found in time; it may be later, or for a narrower question. */
  public static final class TooSlow extends UnansweredException {
    private static final long serialVersionUID = 1L;

    public TooSlow(String message) {
      super(Code.TIMEOUT, message);
    }
  }
}
