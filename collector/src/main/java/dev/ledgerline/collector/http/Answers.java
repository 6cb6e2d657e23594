// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ledgerline.event.Receipt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The bodies of answers, as the public interface says. */
final class Answers {
  private static final JsonFactory JSON = new JsonFactory();

  private Answers() {}

  static byte[] error(String code, String message) {
    return json(
        out -> {
          out.writeObjectFieldStart("error");
          out.writeStringField("code", code);
          out.writeStringField("message", message);
          out.writeEndObject();
        });
  }

  static byte[] receipt(Receipt receipt, boolean items) {
    return json(
        out -> {
          out.writeNumberField("received", receipt.received());
          out.writeNumberField("stored", receipt.stored());
          out.writeNumberField("duplicates", receipt.duplicates());
          out.writeNumberField("rejected", receipt.rejected());
          out.writeStringField("position", receipt.position());
          out.writeArrayFieldStart("errors");
          for (Receipt.ItemError error : receipt.errors()) {
            out.writeStartObject();
            out.writeNumberField("index", error.index());
            out.writeStringField("code", error.rejection().code().word());
            text(out, "pointer", error.rejection().pointer());
            out.writeStringField("message", error.rejection().message());
            out.writeEndObject();
          }
          out.writeEndArray();
          if (items) {
            items(receipt, out);
          }
        });
  }

  private static void items(Receipt receipt, JsonGenerator out) throws IOException {
    out.writeArrayFieldStart("receipts");
    for (Receipt.Item item : receipt.items()) {
      out.writeStartObject();
      out.writeNumberField("index", item.index());
      text(out, "event_id", item.eventId());
      out.writeStringField("status", item.status().word());
      text(out, "position", item.position());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void text(JsonGenerator out, String name, @Nullable String value)
      throws IOException {
    if (value == null) {
      out.writeNullField(name);
    } else {
      out.writeStringField(name, value);
    }
  }

  private interface Fields {
    void write(JsonGenerator out) throws IOException;
  }

  private static byte[] json(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      fields.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to an array does no I/O", e);
    }
    return bytes.toByteArray();
  }
}
