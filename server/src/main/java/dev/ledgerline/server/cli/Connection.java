// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that talks to a server. */
public final class Connection {
  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:LEDGERLINE_URL:-http://127.0.0.1:7654}",
      description = "The server, also LEDGERLINE_URL. Default: http://127.0.0.1:7654")
  private String url = "http://127.0.0.1:7654";

  @Option(
      names = "--api-key",
      paramLabel = "SECRET",
      description = "Key for the server; better as LEDGERLINE_API_KEY.")
  private @Nullable String key = System.getenv("LEDGERLINE_API_KEY");

  public Api open() {
    try {
      URI uri = URI.create(url.endsWith("/") ? url : url + "/");
      if (uri.getHost() == null || !String.valueOf(uri.getScheme()).startsWith("http")) {
        throw Failure.usage("--url must be like http://127.0.0.1:7654");
      }
      return new Api(uri, key);
    } catch (IllegalArgumentException e) {
      throw Failure.usage("--url must be like http://127.0.0.1:7654");
    }
  }
}
