// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import dev.ledgerline.otel.Signal;
import org.jspecify.annotations.Nullable;

/** The beginning of a record: what the items of a group share. */
final class RecordHead {
  private static final byte[] NO_RESOURCE = {'{', '}'};

  private RecordHead() {}

  /**
   * A record up to its item.
   *
   * @param resource and {@code scope}: JSON
   */
  static byte[] of(
      Signal signal,
      byte @Nullable [] resource,
      String resourceSchemaUrl,
      byte @Nullable [] scope,
      String schemaUrl) {
    JsonBytes head = new JsonBytes(512);
    head.putAscii("{\"resource\":").put(resource == null ? NO_RESOURCE : resource);
    if (!resourceSchemaUrl.isEmpty()) {
      head.putAscii(",\"resourceSchemaUrl\":").string(resourceSchemaUrl);
    }
    if (scope != null) {
      head.putAscii(",\"scope\":").put(scope);
    }
    if (!schemaUrl.isEmpty()) {
      head.putAscii(",\"schemaUrl\":").string(schemaUrl);
    }
    return head.putAscii(",\"" + signal.member() + "\":").toByteArray();
  }
}
