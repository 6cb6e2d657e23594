// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.otel.Signal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** What real senders sent, byte for byte, where the captures are at hand. */
final class Captures {
  private static final ObjectMapper JSON = new ObjectMapper();

  record Export(Signal signal, byte[] body, Encoding encoding) {}

  private Captures() {}

  /** The folder of all captures; empty where it is not beside the project. */
  static Optional<Path> find() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .map(folder -> folder.resolve("shared/corpus"))
        .filter(Files::isDirectory)
        .findFirst();
  }

  /** Folders of captured OTLP requests. */
  static List<Path> folders(Path root) throws IOException {
    try (Stream<Path> folders = Files.walk(root, 2)) {
      return folders
          .filter(Files::isDirectory)
          .filter(folder -> folder.getFileName().toString().contains(".otlp"))
          .sorted()
          .toList();
    }
  }

  /** The exports in a folder, in the order in which they came. */
  static List<Export> exports(Path folder) throws IOException {
    List<Export> exports = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.filter(file -> file.toString().contains(".json")).sorted().toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      JsonNode request = JSON.readTree(file.toString().endsWith(".gz") ? inflated(bytes) : bytes);
      String path = request.path("path").asText();
      Signal signal = signal(path);
      if (signal == null) {
        continue;
      }
      Map<String, String> headers = new TreeMap<>();
      request
          .path("headers")
          .properties()
          .forEach(h -> headers.put(h.getKey().toLowerCase(Locale.ROOT), h.getValue().asText()));
      byte[] body = Base64.getDecoder().decode(request.path("body").asText());
      if ("gzip".equals(headers.get("content-encoding"))) {
        body = inflated(body);
      }
      Encoding told = Encoding.of(headers.get("content-type"));
      exports.add(new Export(signal, body, told == null ? Encoding.PROTOBUF : told));
    }
    return exports;
  }

  private static @Nullable Signal signal(String path) {
    for (Signal signal : Signal.values()) {
      if (path.endsWith(signal.path()) || path.endsWith(signal.method())) {
        return signal;
      }
    }
    return null;
  }

  private static byte[] inflated(byte[] bytes) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }
}
