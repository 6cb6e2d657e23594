// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.google.protobuf.Descriptors.Descriptor;
import dev.ledgerline.event.Intake;
import dev.ledgerline.otel.Signal;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes an export in OTLP/JSON apart, in one pass. What holds the items has to be right, else it is
 * unknown how many there are; inside an item everything is kept.
 */
final class JsonExport {
  /** The parser's word that it may not show the source; not for senders. */
  private static final Pattern SOURCE = Pattern.compile("\\[Source: .*?; line");

  private final Signal signal;
  private final Shape.Book shapes;
  private final JsonParser in;
  private final JsonFields fields;
  private final JsonBytes out = new JsonBytes(4 << 10);
  private final ExportRecords records = new ExportRecords();

  private JsonExport(Signal signal, byte[] body, JsonParser in, Shape.Book shapes) {
    this.signal = signal;
    this.shapes = shapes;
    this.in = in;
    this.fields = new JsonFields(body, in);
  }

  static ExportRecords read(
      Signal signal, byte[] body, int length, JsonFactory json, Shape.Book shapes)
      throws UnreadableExportException {
    try (JsonParser in = json.createParser(body, 0, length)) {
      JsonExport export = new JsonExport(signal, body, in, shapes);
      export.request();
      export.records.wrong(export.fields.wrong());
      return export.records;
    } catch (StreamConstraintsException e) {
      throw new UnreadableExportException("Over a limit: " + e.getOriginalMessage(), e);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new UnreadableExportException(
          "The body is no JSON: %s%s"
              .formatted(
                  SOURCE.matcher(e.getOriginalMessage()).replaceAll("[line"),
                  at == null ? "" : " at " + at.offsetDescription()),
          e);
    } catch (IOException e) {
      throw new UnreadableExportException("The body is no JSON: " + e.getMessage(), e);
    }
  }

  private void request() throws IOException, UnreadableExportException {
    if (in.nextToken() != JsonToken.START_OBJECT) {
      throw new UnreadableExportException("The body is no JSON object.", null);
    }
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      if (name.equals(signal.resourceGroups())) {
        each(name, this::resourceGroup);
      } else {
        in.skipChildren();
      }
    }
    if (in.nextToken() != null) {
      throw new UnreadableExportException("Something follows the JSON object.", null);
    }
  }

  private interface Element {
    void read() throws IOException, UnreadableExportException;
  }

  /** Reads the objects of the array on which the parser stands; null is an empty one. */
  private void each(String name, Element element) throws IOException, UnreadableExportException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw new UnreadableExportException(name + ": an array is expected.", null);
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      expectObject(name);
      element.read();
    }
  }

  private record ScopeGroup(byte @Nullable [] scope, String schemaUrl, List<byte[]> items) {}

  private void resourceGroup() throws IOException, UnreadableExportException {
    byte[] resource = null;
    String schemaUrl = "";
    List<ScopeGroup> groups = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      if (name.equals(signal.scopeGroups())) {
        each(name, () -> groups.add(scopeGroup()));
      } else if (name.equals("resource")) {
        resource = object(name, Resource.getDescriptor());
      } else if (name.equals("schemaUrl")) {
        schemaUrl = text();
      } else {
        in.skipChildren();
      }
    }
    // The resource may stand behind its items.
    for (ScopeGroup group : groups) {
      byte[] head = RecordHead.of(signal, resource, schemaUrl, group.scope, group.schemaUrl);
      records.add(head, new Written(group.items));
    }
  }

  private ScopeGroup scopeGroup() throws IOException, UnreadableExportException {
    byte[] scope = null;
    String schemaUrl = "";
    List<byte[]> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      if (name.equals(signal.items())) {
        each(name, () -> items.add(written(signal.item().getDescriptorForType())));
      } else if (name.equals("scope")) {
        scope = object(name, InstrumentationScope.getDescriptor());
      } else if (name.equals("schemaUrl")) {
        schemaUrl = text();
      } else {
        in.skipChildren();
      }
    }
    return new ScopeGroup(scope, schemaUrl, items);
  }

  private byte @Nullable [] object(String name, Descriptor type)
      throws IOException, UnreadableExportException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    expectObject(name);
    return written(type);
  }

  private byte[] written(Descriptor type) throws IOException {
    Filled message = fields.message(shapes.of(type));
    out.backTo(0);
    message.write(out);
    return out.toByteArray();
  }

  private String text() throws IOException {
    String text =
        in.currentToken() == JsonToken.VALUE_STRING ? JsonFields.wellFormed(in.getText()) : "";
    in.skipChildren();
    return text;
  }

  private void expectObject(String name) throws UnreadableExportException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw new UnreadableExportException(
          "%s: an object is expected at %s."
              .formatted(name, in.currentTokenLocation().offsetDescription()),
          null);
    }
  }

  private record Written(List<byte[]> items) implements ExportRecords.Items {
    @Override
    public int count() {
      return items.size();
    }

    @Override
    public int bytes(int index) {
      return items.get(index).length;
    }

    @Override
    public Intake.Item item(int index) {
      return new Intake.Item(items.get(index), null);
    }
  }
}
