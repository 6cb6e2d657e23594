// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.answer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.event.Word;
import dev.ledgerline.query.answer.WayBack.Form;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The ways back that the configuration names; of several the first that leads to a run counts. */
public final class WaysBack {
  private static final Set<String> FIELDS = Set.of("source", "form", "url", "headers");

  private final List<WayBack> ways;

  private WaysBack(List<WayBack> ways) {
    this.ways = List.copyOf(ways);
  }

  /** Nothing can be answered. */
  public static WaysBack none() {
    return new WaysBack(List.of());
  }

  /**
   * Reads a file: a JSON array of {@code {"source", "form", "url", "headers"}}, where {@code
   * headers} is a file of properties beside it, so that secrets stand where only we can read them.
   *
   * @throws IOException with a message for who wrote it
   */
  public static WaysBack read(Path file) throws IOException {
    JsonNode root =
        new ObjectMapper()
            .configure(JsonParser.Feature.ALLOW_COMMENTS, true)
            .readTree(Files.readAllBytes(file));
    if (!root.isArray()) {
      throw new IOException(file + " must hold an array of ways back");
    }
    List<WayBack> ways = new ArrayList<>();
    for (JsonNode way : root) {
      ways.add(way(file, way));
    }
    return new WaysBack(ways);
  }

  private static WayBack way(Path file, JsonNode way) throws IOException {
    for (Map.Entry<String, JsonNode> field : way.properties()) {
      if (!FIELDS.contains(field.getKey()) || !field.getValue().isTextual()) {
        throw new IOException(
            file
                + ": a way back has the texts source, form, url and headers; not "
                + field.getKey());
      }
    }
    Form form = Word.of(Form.class, way.path("form").asText().replace('-', '_'));
    if (form == null) {
      throw new IOException(file + ": form is agent-protocol, symphony-article or webhook");
    }
    String url = way.path("url").asText();
    String scheme;
    try {
      scheme = String.valueOf(URI.create(url.replaceAll("\\{[a-z]+}", "x")).getScheme());
    } catch (IllegalArgumentException e) {
      scheme = "no";
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IOException(file + ": url must begin with http:// or https://");
    }
    String source = way.path("source").asText();
    if (source.isEmpty()) {
      throw new IOException(file + ": source is needed; * stands for all");
    }
    String headers = way.path("headers").asText();
    return new WayBack(
        source, form, url, headers.isEmpty() ? Map.of() : headers(file.resolveSibling(headers)));
  }

  private static Map<String, String> headers(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(n -> headers.put(n, properties.getProperty(n)));
    return headers;
  }

  public boolean isEmpty() {
    return ways.isEmpty();
  }

  /** Whether a source may have resume tokens that have to be kept. */
  public boolean needTokens() {
    return ways.stream().anyMatch(way -> way.form() == Form.SYMPHONY_ARTICLE);
  }

  @Nullable WayBack to(RunSummary run) {
    return ways.stream().filter(way -> way.leadsTo(run)).findFirst().orElse(null);
  }

  /** For who reads the log of the server. */
  @Override
  public String toString() {
    return ways.stream()
        .map(way -> way.source() + " by " + way.form().word())
        .collect(Collectors.joining(", "));
  }
}
