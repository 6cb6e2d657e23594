// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

/** A file of a machine that cannot be read; the message says where and why. */
public final class MalformedMachineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedMachineException(String file, int line, String problem) {
    super(file + ", line " + line + ": " + problem);
  }
}
