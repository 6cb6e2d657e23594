// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a question, whichever way it came. */
interface Asked {
  /** A part of the path, decoded. */
  String path(String name);

  /** The first of that name, null where there is none. */
  @Nullable String parameter(String name);

  /** All of that name. */
  List<String> parameters(String name);

  /** By an HTTP request. */
  record ByRequest(Context request) implements Asked {
    @Override
    public String path(String name) {
      return request.pathParam(name);
    }

    @Override
    public @Nullable String parameter(String name) {
      return request.queryParam(name);
    }

    @Override
    public List<String> parameters(String name) {
      return request.queryParams(name);
    }
  }

  /** By name and value, where nothing tells path and parameters apart. */
  record ByName(Map<String, String> values) implements Asked {
    @Override
    public String path(String name) {
      return values.getOrDefault(name, "");
    }

    @Override
    public @Nullable String parameter(String name) {
      return values.get(name);
    }

    @Override
    public List<String> parameters(String name) {
      String value = values.get(name);
      return value == null ? List.of() : List.of(value);
    }
  }
}
