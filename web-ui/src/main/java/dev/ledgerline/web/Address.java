// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.router.Location;
import com.vaadin.flow.router.QueryParameters;
import dev.ledgerline.run.RunKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where pages are. All state of a page is in its address. */
public final class Address {
  private Address() {}

  /** Names and values in turns; empty values are left out. */
  public static QueryParameters query(String... namesAndValues) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
      if (!namesAndValues[i + 1].isEmpty()) {
        parameters.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
      }
    }
    return new QueryParameters(parameters);
  }

  /** The value of that parameter, empty where there is none. */
  public static String value(Location location, String name) {
    return location.getQueryParameters().getSingleParameter(name).orElse("");
  }

  /** The page of a run, relative to the root of the pages. */
  public static String run(RunKey key) {
    return "run/" + encoded(key.run()) + "?source=" + encoded(key.source());
  }

  public static String event(RunKey key, long seq) {
    return run(key) + "&event=" + seq;
  }

  public static String runs(String query) {
    return "runs?q=" + encoded(query);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
