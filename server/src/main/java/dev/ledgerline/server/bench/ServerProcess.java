// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, as the launcher starts it. */
public final class ServerProcess implements AutoCloseable {
  private static final String READY = "Ledgerline is ready on ";

  private final Process process;
  private final URI url;

  private ServerProcess(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Starts {@code serve} on a free port and waits until it is ready.
   *
   * @param arguments beside the port and the folder
   */
  public static ServerProcess start(Path data, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(java());
    command.addAll(List.of("serve", "--port", "0", "--data", data.toString()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("the server did not start; it said " + line);
    }
    return new ServerProcess(process, URI.create(line.substring(READY.length())));
  }

  /** Through the launcher where that started us, else the same java on the same classpath. */
  private static List<String> java() {
    String launcher = System.getProperty("ledgerline.launcher");
    if (launcher != null) {
      return List.of(launcher);
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", // it will not live long enough for more
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.ledgerline.server.Main");
  }

  public URI url() {
    return url;
  }

  public long pid() {
    return process.pid();
  }

  /** As a machine that loses its process: no hook, no flush. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; its exit code. */
  public int terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    try {
      terminate();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** What a process uses, from Linux' /proc; zeros elsewhere. */
  record Usage(long residentBytes, long peakResidentBytes, Duration cpu) {
    static Usage of(long pid) {
      try {
        long resident = 0;
        long peak = 0;
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
          if (line.startsWith("VmRSS:")) {
            resident = kibibytes(line);
          } else if (line.startsWith("VmHWM:")) {
            peak = kibibytes(line);
          }
        }
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        return new Usage(resident, peak, Duration.ofMillis(ticks * 10)); // 100 ticks a second
      } catch (IOException e) {
        return new Usage(0, 0, Duration.ZERO);
      }
    }

    private static long kibibytes(String line) {
      return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    }
  }
}
