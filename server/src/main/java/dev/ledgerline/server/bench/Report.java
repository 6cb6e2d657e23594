// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the bench measured. Sizes in bytes, times in milliseconds, rates per second.
 *
 * @param indexedAfterMs from the last acknowledgement until everything was visible; null where the
 *     index stood still
 * @param diskBytesPerEvent null where the folder of the server is not known
 * @param server null where the process of the server is not known
 */
record Report(
    Load load,
    Acknowledged acknowledged,
    @Nullable Double indexedAfterMs,
    @Nullable Double indexedPerSecond,
    List<Lag.Sample> lag,
    @Nullable Long diskBytesPerEvent,
    @Nullable Server server,
    Verification.@Nullable Result verified) {

  /** What was asked for. */
  record Load(
      long seed,
      int clients,
      int batch,
      double seconds,
      @Nullable Double eventsPerSecond,
      boolean indexing,
      long bytesPerEvent,
      double generatorCores) {}

  /** What came back. */
  record Acknowledged(
      long events,
      double perSecond,
      double p50Ms,
      double p99Ms,
      @JsonProperty("p999_ms") double p999Ms,
      double maxMs,
      long retries) {
    static Acknowledged of(long events, double seconds, long[] sortedNanos, long retries) {
      return new Acknowledged(
          events,
          events / seconds,
          millis(sortedNanos, 0.5),
          millis(sortedNanos, 0.99),
          millis(sortedNanos, 0.999),
          millis(sortedNanos, 1),
          retries);
    }

    private static double millis(long[] sortedNanos, double share) {
      if (sortedNanos.length == 0) {
        return 0;
      }
      int index = (int) Math.ceil(sortedNanos.length * share) - 1;
      return sortedNanos[Math.max(0, index)] / 1e6;
    }
  }

  /**
   * The process under load.
   *
   * @param cores processor time over wall time while measured
   * @param cpuMicrosPerEvent until everything was visible
   */
  record Server(
      long residentBytes, long peakResidentBytes, double cores, double cpuMicrosPerEvent) {}

  void printJson(PrintWriter out) throws IOException {
    ObjectMapper mapper =
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    out.println(mapper.writeValueAsString(this));
    out.flush();
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "load             %d clients, batches of %d, %,d bytes an event, %s, %.0f s, seed %d, %.2f cores%s%n",
        load.clients,
        load.batch,
        load.bytesPerEvent,
        load.eventsPerSecond == null
            ? "closed loop"
            : String.format(Locale.ROOT, "open loop at %,.0f/s", load.eventsPerSecond),
        load.seconds,
        load.seed,
        load.generatorCores,
        load.indexing ? "" : ", index standing still");
    out.printf(
        Locale.ROOT,
        "acknowledged     %,d events, %,.0f/s, %d batches sent again%n",
        acknowledged.events,
        acknowledged.perSecond,
        acknowledged.retries);
    out.printf(
        Locale.ROOT,
        "acknowledgement  p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, max %.1f ms%n",
        acknowledged.p50Ms,
        acknowledged.p99Ms,
        acknowledged.p999Ms,
        acknowledged.maxMs);
    if (!lag.isEmpty() && load.indexing) {
      out.printf(
          Locale.ROOT,
          "index lag        most %,d events and %,d ms; at the end of load %,d events%n",
          lag.stream().mapToLong(Lag.Sample::events).max().orElse(0),
          lag.stream().mapToLong(Lag.Sample::ageMillis).max().orElse(0),
          lag.getLast().events());
    }
    if (indexedAfterMs != null && indexedPerSecond != null) {
      out.printf(
          Locale.ROOT,
          "fully indexed    %.0f ms after the last acknowledgement, %,.0f/s overall%n",
          indexedAfterMs,
          indexedPerSecond);
    }
    if (diskBytesPerEvent != null) {
      out.printf(Locale.ROOT, "on disk          %,d bytes an event%n", diskBytesPerEvent);
    }
    if (server != null) {
      out.printf(
          Locale.ROOT,
          "server           %,d MiB resident (peak %,d), %.2f cores, %.0f µs of processor an event%n",
          server.residentBytes >> 20,
          server.peakResidentBytes >> 20,
          server.cores,
          server.cpuMicrosPerEvent);
    }
    if (verified != null) {
      out.printf(
          Locale.ROOT,
          "verified         %,d acknowledged, %,d visible, %,d missing, %,d more than once%n",
          verified.acknowledged(),
          verified.seen(),
          verified.missing(),
          verified.twice());
      verified.examples().forEach(example -> out.println("                 " + example));
    }
    out.flush();
  }
}
