// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.Redaction;
import dev.ledgerline.collector.dialect.Dialects;
import dev.ledgerline.collector.http.IngestRoutes;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.LocalStorage;
import dev.ledgerline.otel.receive.OtlpDialect;
import dev.ledgerline.server.http.ApiKeys;
import dev.ledgerline.server.http.Door;
import dev.ledgerline.server.http.OtlpRoutes;
import dev.ledgerline.server.http.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** One process with everything in it: opened from the log upwards, closed from the door down. */
final class Server implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Door door;

  static Server open(Config config) throws IOException {
    return new Server(config);
  }

  private Server(Config config) throws IOException {
    InstantSource clock = InstantSource.system();
    try {
      Path data = folder(config.data());
      FileLog log =
          opened(FileLog.open(data.resolve("log"), logOptions(config, clock), new LocalStorage()));
      Collector collector =
          new Collector(log, dialects(), config.limits(), redaction(config, data), clock);
      Long inFlight = config.maxInFlightBytes();
      Admission admission =
          new Admission(
              inFlight == null ? Admission.defaultBudgetBytes(config.limits()) : inFlight,
              config.limits().admissionWait());
      IngestRoutes ingest = new IngestRoutes(collector, admission, Door::keyName, id -> null);
      OtlpRoutes otlp = new OtlpRoutes(collector, admission, clock);
      this.door = opened(Door.open(address(config), List.of(ingest::register, otlp::register)));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  String url() {
    return door.url();
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  private static Path folder(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      Files.createDirectories(
          data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return data;
  }

  private static FileLogOptions logOptions(Config config, InstantSource clock) {
    return FileLogOptions.defaults()
        .withRetention(config.retainBytes(), config.retain())
        .withClock(clock);
  }

  private static List<Dialect> dialects() {
    List<Dialect> dialects = new ArrayList<>(Dialects.standard().inOrder());
    dialects.add(new OtlpDialect());
    return dialects;
  }

  private static Redaction redaction(Config config, Path data) throws IOException {
    String rules = config.redact();
    if ("off".equals(rules)) {
      return Redaction.off();
    }
    byte[] key = Redaction.keyIn(data.resolve("redaction.key"));
    return rules == null
        ? Redaction.on(key)
        : Redaction.on(key, Files.readAllLines(Path.of(rules)));
  }

  private static Door.Address address(Config config) throws IOException {
    return new Door.Address(
        config.host(),
        config.port(),
        config.isLoopback(),
        config.trustProxy(),
        config.tls() == null ? null : new Tls(config.tls().certificate(), config.tls().key()),
        config.apiKeys() == null ? null : ApiKeys.read(config.apiKeys()));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IOException("not everything could be closed well", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
