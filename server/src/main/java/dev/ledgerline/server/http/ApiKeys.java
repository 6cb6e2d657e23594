// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what. The file has a line for each key, {@code name:sha256[:scope,scope]}, the hash in
 * hex; {@code printf %s "$secret" | sha256sum} makes one. Secrets are long and random, so a fast
 * hash without salt is enough, and the file is no secret itself.
 */
public final class ApiKeys {
  /** What a key may be good for. Without scopes in the file it ingests and reads. */
  public enum Scope {
    /** Send events. */
    INGEST,
    /** Ask questions and use the UI. */
    READ,
    /** Replay what was quarantined. */
    ADMIN
  }

  /**
   * A key.
   *
   * @param name the source of events that name none
   */
  record Key(String name, byte[] sha256, Set<Scope> scopes) {}

  private final List<Key> keys;

  private ApiKeys(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * @throws IOException the file cannot be read, or a line of it is no key: the message says which
   */
  public static ApiKeys read(Path file) throws IOException {
    List<Key> keys = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      try {
        keys.add(parse(line.strip()));
      } catch (IllegalArgumentException e) {
        throw new IOException(
            file + ", line " + number + ": expected name:sha256 in hex[:ingest,read,admin]", e);
      }
    }
    if (keys.isEmpty()) {
      throw new IOException(file + " has no key");
    }
    return new ApiKeys(keys);
  }

  private static Key parse(String line) {
    List<String> parts = Arrays.asList(line.split(":", -1));
    byte[] sha256 = HexFormat.of().parseHex(parts.size() > 1 ? parts.get(1) : "");
    if (parts.size() > 3 || parts.getFirst().isBlank() || sha256.length != 32) {
      throw new IllegalArgumentException(line);
    }
    Set<Scope> scopes = EnumSet.of(Scope.INGEST, Scope.READ);
    if (parts.size() == 3) {
      scopes.clear();
      for (String scope : parts.get(2).split(",")) {
        scopes.add(Scope.valueOf(scope.strip().toUpperCase(Locale.ROOT)));
      }
    }
    return new Key(parts.getFirst(), sha256, scopes);
  }

  /** The key with that secret. Takes as long for a wrong one as for a right one. */
  @Nullable Key find(String secret) {
    byte[] sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
    Key found = null;
    for (Key key : keys) {
      if (MessageDigest.isEqual(key.sha256, sha256)) {
        found = key;
      }
    }
    return found;
  }
}
