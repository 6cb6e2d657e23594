// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.server.http.ApiKeys;
import dev.ledgerline.server.http.Door;
import dev.ledgerline.server.http.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** One process with everything in it. */
final class Server implements AutoCloseable {
  private final Door door;

  static Server open(Config config) throws IOException {
    return new Server(config);
  }

  private Server(Config config) throws IOException {
    Files.createDirectories(
        config.data(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Door.Address address =
        new Door.Address(
            config.host(),
            config.port(),
            config.isLoopback(),
            config.trustProxy(),
            config.tls() == null ? null : new Tls(config.tls().certificate(), config.tls().key()),
            config.apiKeys() == null ? null : ApiKeys.read(config.apiKeys()));
    this.door = Door.open(address, List.of());
  }

  String url() {
    return door.url();
  }

  @Override
  public void close() {
    door.close();
  }
}
