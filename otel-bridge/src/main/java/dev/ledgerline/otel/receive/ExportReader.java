// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes an export of spans apart into records. */
final class ExportReader {
  /**
   * Levels of nesting that can be read at all. Records may have 100 (api.md); a span between the
   * two limits is rejected alone, beyond this one the body is no export.
   */
  static final int MAX_DEPTH = 500;

  /** Digits of one number; no field of the protocol has more than 20. */
  private static final int MAX_NUMBER_LENGTH = 1_000;

  /** The parser's word that it may not show the source; not for senders. */
  private static final Pattern SOURCE = Pattern.compile("\\[Source: .*?; line");

  private final Shape.Book shapes = new Shape.Book();
  private final JsonFields fields = new JsonFields(shapes);
  private final ObjectMapper json;
  private final CanonicalWriter writer;

  ExportReader() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    // A string that is too long costs its span, not the body: the intake decides.
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            // Field names are the sender's; none of them is to stay in memory.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    json = new ObjectMapper(factory);
    writer = new CanonicalWriter(shapes, factory);
  }

  /** Reads the first {@code length} bytes of a body. */
  SpanRecords read(byte[] body, int length, Encoding encoding) throws UnreadableExportException {
    return switch (encoding) {
      case PROTOBUF -> protobuf(body, length);
      case JSON -> json(body, length);
    };
  }

  private SpanRecords protobuf(byte[] body, int length) throws UnreadableExportException {
    ExportTraceServiceRequest export;
    try {
      CodedInputStream in = CodedInputStream.newInstance(body, 0, length);
      in.setRecursionLimit(MAX_DEPTH);
      export = ExportTraceServiceRequest.parseFrom(in);
      in.checkLastTagWas(0);
    } catch (InvalidProtocolBufferException e) {
      throw new UnreadableExportException("The body is no protobuf: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UnreadableExportException("The body cannot be read: " + e.getMessage(), e);
    }
    SpanRecords records = new SpanRecords();
    for (ResourceSpans group : export.getResourceSpansList()) {
      Object resource = group.hasResource() ? group.getResource() : null;
      for (ScopeSpans spans : group.getScopeSpansList()) {
        Object scope = spans.hasScope() ? spans.getScope() : null;
        byte[] head = head(resource, group.getSchemaUrl(), scope, spans.getSchemaUrl());
        records.add(head, spans.getSpansList().stream().map(writer::bytes).toList());
      }
    }
    return records;
  }

  private SpanRecords json(byte[] body, int length) throws UnreadableExportException {
    SpanRecords records = new SpanRecords();
    try (JsonParser in = json.getFactory().createParser(body, 0, length)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new UnreadableExportException("The body is no JSON object.", null);
      }
      while (in.nextToken() != JsonToken.END_OBJECT) {
        boolean groups = in.currentName().equals("resourceSpans");
        if (in.nextToken() == JsonToken.START_ARRAY && groups) {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            resourceSpans(in, records);
          }
        } else {
          skipUnless(groups && in.currentToken() != JsonToken.VALUE_NULL, "resourceSpans", in);
        }
      }
      if (in.nextToken() != null) {
        throw new UnreadableExportException("Something follows the JSON object.", null);
      }
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
    return records;
  }

  private void resourceSpans(JsonParser in, SpanRecords records)
      throws IOException, UnreadableExportException {
    expectObject("resourceSpans", in);
    Filled resource = null;
    String schemaUrl = "";
    List<ScopeGroup> groups = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      JsonToken token = in.nextToken();
      switch (name) {
        case "resource" -> resource = object(name, Resource.getDescriptor(), in);
        case "schemaUrl" -> schemaUrl = text(in);
        case "scopeSpans" -> {
          if (token == JsonToken.START_ARRAY) {
            while (in.nextToken() != JsonToken.END_ARRAY) {
              groups.add(scopeSpans(in));
            }
          } else {
            skipUnless(token != JsonToken.VALUE_NULL, name, in);
          }
        }
        default -> in.skipChildren();
      }
    }
    // The resource may stand behind its spans.
    for (ScopeGroup group : groups) {
      records.add(head(resource, schemaUrl, group.scope, group.schemaUrl), group.spans);
    }
  }

  private record ScopeGroup(@Nullable Filled scope, String schemaUrl, List<byte[]> spans) {}

  private ScopeGroup scopeSpans(JsonParser in) throws IOException, UnreadableExportException {
    expectObject("scopeSpans", in);
    Filled scope = null;
    String schemaUrl = "";
    List<byte[]> spans = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      JsonToken token = in.nextToken();
      switch (name) {
        case "scope" -> scope = object(name, InstrumentationScope.getDescriptor(), in);
        case "schemaUrl" -> schemaUrl = text(in);
        case "spans" -> {
          if (token == JsonToken.START_ARRAY) {
            while (in.nextToken() != JsonToken.END_ARRAY) {
              expectObject(name, in);
              spans.add(writer.bytes(fields.message(shapes.of(Span.getDescriptor()), in)));
            }
          } else {
            skipUnless(token != JsonToken.VALUE_NULL, name, in);
          }
        }
        default -> in.skipChildren();
      }
    }
    return new ScopeGroup(scope, schemaUrl, spans);
  }

  private @Nullable Filled object(String name, Descriptor type, JsonParser in)
      throws IOException, UnreadableExportException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    expectObject(name, in);
    return fields.message(shapes.of(type), in);
  }

  private static String text(JsonParser in) throws IOException {
    String text =
        in.currentToken() == JsonToken.VALUE_STRING ? JsonFields.wellFormed(in.getText()) : "";
    in.skipChildren();
    return text;
  }

  /** What holds the spans has to be right, else it is unknown how many there are. */
  private static void expectObject(String name, JsonParser in) throws UnreadableExportException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw new UnreadableExportException(
          "%s: an object is expected at %s."
              .formatted(name, in.currentTokenLocation().offsetDescription()),
          null);
    }
  }

  private static void skipUnless(boolean wrong, String name, JsonParser in)
      throws IOException, UnreadableExportException {
    if (wrong) {
      throw new UnreadableExportException(name + ": an array is expected.", null);
    }
    in.skipChildren();
  }

  /** A record up to its span. */
  private byte[] head(
      @Nullable Object resource,
      String resourceSchemaUrl,
      @Nullable Object scope,
      String schemaUrl) {
    ByteArrayOutputStream head = new ByteArrayOutputStream(512);
    head.writeBytes(ascii("{\"resource\":"));
    head.writeBytes(resource == null ? ascii("{}") : writer.bytes(resource));
    member(head, "resourceSchemaUrl", resourceSchemaUrl);
    if (scope != null) {
      head.writeBytes(ascii(",\"scope\":"));
      head.writeBytes(writer.bytes(scope));
    }
    member(head, "schemaUrl", schemaUrl);
    head.writeBytes(ascii(",\"span\":"));
    return head.toByteArray();
  }

  private static void member(ByteArrayOutputStream head, String name, String value) {
    if (!value.isEmpty()) {
      head.writeBytes(ascii(",\"" + name + "\":\""));
      head.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(value));
      head.writeBytes(ascii("\""));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
