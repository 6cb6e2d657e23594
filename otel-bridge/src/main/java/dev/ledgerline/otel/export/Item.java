// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import org.jspecify.annotations.Nullable;

/**
 * One span, log record or metric on its way out.
 *
 * @param message {@code Span}, {@code LogRecord} or {@code Metric}
 * @param bytes its size with what it may need of its group, to bound requests by
 */
record Item(Group group, Message message, int bytes) {
  /** What items of one place share; the schema URLs are empty where none was told. */
  record Group(
      Resource resource,
      String resourceSchemaUrl,
      @Nullable InstrumentationScope scope,
      String schemaUrl) {}

  static Item of(Group group, Message message) {
    InstrumentationScope scope = group.scope();
    int shared =
        group.resource().getSerializedSize() + (scope == null ? 0 : scope.getSerializedSize());
    return new Item(group, message, message.getSerializedSize() + shared);
  }
}
