// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import java.io.IOException;
import java.io.PrintWriter;

/** Ends a command with a sentence on stderr and an exit code. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The question was answered, and the answer is not good. */
  public static final int FINDING = 1;

  public static final int USAGE = 2;
  public static final int UNREACHABLE = 3;

  private final int exitCode;

  private Failure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public static Failure usage(String message) {
    return new Failure(USAGE, message);
  }

  static Failure unreachable(String message) {
    return new Failure(UNREACHABLE, message);
  }

  /** What the command line does with any exception of a command. */
  public static int explain(Exception e, PrintWriter err) throws Exception {
    if (e instanceof Failure failure) {
      err.println("ledgerline: " + Visible.line(String.valueOf(failure.getMessage())));
      return failure.exitCode;
    }
    if (e instanceof IOException) {
      err.println("ledgerline: " + Visible.line(String.valueOf(e.getMessage())));
      return FINDING;
    }
    throw e;
  }
}
