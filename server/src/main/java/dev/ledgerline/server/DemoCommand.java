// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Plays the told stories into a server of its own. */
@Command(
    name = "demo",
    description = "Start a server and play stories into it.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}
