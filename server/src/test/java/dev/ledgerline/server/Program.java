// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program that a test talks with. One that hangs is ended, so whoever reads it comes to an end.
 */
final class Program implements AutoCloseable {
  private static final int MAX_SECONDS = 300;

  private final Process process;
  private final InputStream output;
  private final StringBuilder said = new StringBuilder();

  Program(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    process = builder.start();
    output = process.getInputStream();
    CompletableFuture.delayedExecutor(MAX_SECONDS, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
  }

  /** All that it said so far, once that ends so. */
  String awaitOutput(String end) throws IOException {
    while (said.indexOf(end, said.length() - end.length()) < 0) {
      int next = output.read();
      if (next < 0) {
        throw new AssertionError("it ended before it said " + end + "\n" + said);
      }
      said.append((char) next);
    }
    return said.toString();
  }

  void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(UTF_8));
    process.getOutputStream().close();
  }

  /** All that it said; it must end well. */
  String awaitExit() throws IOException, InterruptedException {
    said.append(new String(output.readAllBytes(), UTF_8));
    assertEquals(0, process.waitFor(), said::toString);
    return said.toString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
