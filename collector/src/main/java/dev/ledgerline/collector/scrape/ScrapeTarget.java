// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.scrape;

import dev.ledgerline.collector.Limits;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An instance of Symphony that is asked for its state.
 *
 * @param source what its events come from: {@code host:port}
 */
public record ScrapeTarget(URI uri, String source) {
  private static final String SYSTEM = "symphony=";
  private static final String STATE = "/api/v1/state";

  /**
   * Reads {@code symphony=URL}: of an instance, or of its state where the URL has a path.
   *
   * @throws IllegalArgumentException it is none; the message never repeats a password
   */
  public static ScrapeTarget parse(String text) {
    if (!text.startsWith(SYSTEM)) {
      throw new IllegalArgumentException(
          "what is scraped is told as symphony=URL, for example symphony=http://127.0.0.1:4000");
    }
    URI uri;
    try {
      uri = new URI(text.substring(SYSTEM.length()).strip());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the URL of an instance cannot be read", e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean http = scheme.equals("http") || scheme.equals("https");
    if (!http || uri.getHost() == null) {
      throw new IllegalArgumentException("an instance has an http or https URL with a host");
    }
    if (uri.getUserInfo() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException(
          "the URL of an instance has no user, password or fragment");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    String source = uri.getHost() + ":" + port;
    if (source.getBytes(StandardCharsets.UTF_8).length > Limits.DEFAULT.idBytes()) {
      throw new IllegalArgumentException("the host of an instance is too long a name");
    }
    boolean bare = uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
    return new ScrapeTarget(bare ? uri.resolve(STATE) : uri, source);
  }
}
