// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a cursor is kept: a JSON file that is replaced as a whole, or not at all. */
final class CursorFile {
  private static final Logger LOG = LoggerFactory.getLogger(CursorFile.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  CursorFile(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    this.file = folder.resolve(name + ".json");
  }

  boolean exists() {
    return Files.exists(file);
  }

  /** Null where there is none, or none that can be read; that one is set aside. */
  @Nullable JsonNode read() throws IOException {
    if (!exists()) {
      return null;
    }
    try {
      JsonNode kept = JSON.readTree(file.toFile());
      if (kept.isObject()) {
        return kept;
      }
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      LOG.debug("not JSON", e);
    }
    setAside();
    return null;
  }

  void setAside() throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".damaged");
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    LOG.warn("The cursor {} cannot be read and was set aside; its target begins anew.", file);
  }

  void write(ObjectNode cursor) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(cursor));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent())) {
      folder.force(true); // the name too
    }
  }

  static ObjectNode empty() {
    return JSON.createObjectNode();
  }
}
