// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record of its bytes: strict UTF-8, secrets taken out, parsed once within the limits. Safe
 * for use by many threads.
 */
final class RecordReader {
  /**
   * What was read.
   *
   * @param record as it is stored, also where it is rejected
   * @param rejection null for a good record
   * @param hash of its content, taken while the bytes are still in the processor's cache
   * @param decoded where it was decoded at once; the record's tree is gone then
   * @param ahead where the entry that it would be is known already
   */
  record Reading(
      RawRecord record,
      @Nullable Rejection rejection,
      long hash,
      @Nullable Decoded decoded,
      @Nullable Ahead ahead) {
    Reading(RawRecord record, @Nullable Rejection rejection) {
      this(record, rejection, Bytes.hash(record.bytes()), null, null);
    }

    Reading as(Decoded decoded, @Nullable Ahead ahead) {
      RawRecord bytes = new RawRecord(record.bytes(), MissingNode.getInstance());
      return new Reading(bytes, rejection, hash, decoded, ahead);
    }
  }

  /**
   * The entry that a record becomes if it is stored.
   *
   * @param forgetful whether ids were forgotten when it was encoded
   */
  record Ahead(EventId id, byte[] entry, boolean forgetful) {}

  /** Longer pointers help nobody and hold text of the sender. */
  private static final int POINTER_CHARS = 1_024;

  /** Parsers that may be in use at a time without their buffers being made anew. */
  private static final int POOLED_BUFFERS = 64;

  private static final byte[] NOTHING = {};
  private static final byte[] BRACE = {'}'};

  /** Makes a head a whole object. */
  private static final byte[] AS_IF_WHOLE = {'n', 'u', 'l', 'l', '}'};

  private final Limits limits;
  private final Redaction redaction;
  private final JsonFactory json;

  RecordReader(Limits limits, Redaction redaction) {
    this.limits = limits;
    this.redaction = redaction;
    this.json =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    // more than our own, which know where they are; only keys can reach theirs,
                    // because the parser remembers keys and should not remember huge ones
                    .maxNestingDepth(limits.depth() + 1)
                    .maxNameLength(limits.keyBytes() * 4)
                    .maxNumberLength(limits.recordBytes())
                    .maxStringLength(limits.recordBytes())
                    .build())
            // a token in an error message could be a secret
            .errorReportConfiguration(
                ErrorReportConfiguration.builder().maxErrorTokenLength(0).build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .recyclerPool(JsonRecyclerPools.newBoundedPool(POOLED_BUFFERS))
            .build();
  }

  /**
   * The beginning of records that begin alike, read once.
   *
   * @param bytes without secrets, up to the value of the last member
   * @param members all but the last
   * @param keys in it, the last member's too
   */
  record Head(byte[] bytes, ObjectNode members, String lastMember, int keys) {}

  /** Null where it cannot be read by itself: each record then says what is wrong with it. */
  @Nullable Head head(byte[] head) {
    if (head.length > limits.recordBytes() || Utf8.invalidAt(head, 0, head.length) >= 0) {
      return null;
    }
    byte[] whole = redaction.clean(NOTHING, head, 0, head.length, AS_IF_WHOLE).bytes();
    try (JsonParser parser = json.createParser(whole)) {
      Tree tree = new Tree(parser, limits, 0, 0);
      if (!(tree.read() instanceof ObjectNode members) || members.isEmpty()) {
        return null;
      }
      String last = null;
      for (String name : (Iterable<String>) members::fieldNames) {
        last = name;
      }
      if (last == null || !members.path(last).isNull()) {
        return null;
      }
      members.remove(last);
      byte[] bytes = Arrays.copyOf(whole, whole.length - AS_IF_WHOLE.length);
      return new Head(bytes, members, last, tree.keys);
    } catch (LimitException | IOException e) {
      return null;
    }
  }

  Reading read(Piece piece) {
    if (piece.rejection() != null) {
      return rejected(piece, piece.rejection());
    }
    int length = piece.length() + (piece.head() == null ? 0 : piece.head().bytes.length + 1);
    if (length > limits.recordBytes()) {
      return rejected(
          piece,
          rejection(
              Rejection.Code.TOO_LARGE,
              null,
              "the record has " + length + " bytes, the limit is " + limits.recordBytes()));
    }
    int invalid = Utf8.invalidAt(piece.in(), piece.from(), piece.to());
    if (invalid >= 0) {
      return rejected(
          piece,
          rejection(
              Rejection.Code.INVALID_ENCODING,
              null,
              "byte " + (invalid - piece.from()) + " of the record is not UTF-8"));
    }
    Redaction.Cleaned cleaned = clean(piece);
    byte[] bytes = cleaned.bytes();
    if (piece.text() && bytes[0] != '{') {
      return new Reading(new RawRecord(bytes, MissingNode.getInstance()), null);
    }
    Head head = piece.head();
    Intake.Tree tree = piece.tree();
    if (head != null && tree != null && !cleaned.changed() && isWithinLimits(head, tree)) {
      return new Reading(new RawRecord(bytes, Tree.with(head, tree.json())), null);
    }
    return parse(bytes, piece);
  }

  /** Otherwise it is parsed, to say what is wrong and where. */
  private boolean isWithinLimits(Head head, Intake.Tree tree) {
    return 1 + tree.depth() <= limits.depth() && head.keys + tree.keys() <= limits.keys();
  }

  /** A record that was stored before. */
  RawRecord again(byte[] bytes) {
    return parse(bytes, new Piece(bytes, 0, bytes.length, true, false, null)).record();
  }

  private Reading rejected(Piece piece, Rejection rejection) {
    return new Reading(new RawRecord(clean(piece).bytes(), MissingNode.getInstance()), rejection);
  }

  /** The record as it is stored. */
  private Redaction.Cleaned clean(Piece piece) {
    Head head = piece.head();
    return head == null
        ? redaction.clean(NOTHING, piece.in(), piece.from(), piece.to(), NOTHING)
        : redaction.clean(head.bytes, piece.in(), piece.from(), piece.to(), BRACE);
  }

  private static Rejection rejection(
      Rejection.Code code, @Nullable String pointer, String message) {
    return new Rejection(code, pointer, message);
  }

  private Reading parse(byte[] bytes, Piece piece) {
    Rejection rejection;
    Head head = piece.head();
    String above = head == null ? "" : "/" + head.lastMember;
    try (JsonParser parser =
        head == null
            ? json.createParser(bytes)
            : json.createParser(bytes, head.bytes.length, bytes.length - head.bytes.length - 1)) {
      try {
        JsonNode node =
            head == null
                ? new Tree(parser, limits, 0, 0).read()
                : Tree.with(head, new Tree(parser, limits, 1, head.keys).read());
        return new Reading(new RawRecord(bytes, node), null);
      } catch (LimitException e) {
        rejection = rejection(e.code, pointer(above, parser.getParsingContext()), e.text);
      } catch (StreamConstraintsException e) {
        LimitException longKey = LimitException.longKey(limits);
        rejection = rejection(longKey.code, holder(above, parser), longKey.text);
      } catch (JsonEOFException e) {
        rejection =
            piece.last()
                ? rejection(Rejection.Code.TRUNCATED, null, "the body ends before this record does")
                : rejection(
                    Rejection.Code.INVALID_JSON, null, "the record ends before its JSON does");
      } catch (JsonProcessingException e) {
        rejection =
            rejection(
                Rejection.Code.INVALID_JSON,
                pointer(above, parser.getParsingContext()),
                "at byte "
                    + Math.max(0, e.getLocation() == null ? 0 : e.getLocation().getByteOffset())
                    + ": "
                    + e.getOriginalMessage());
      }
    } catch (IOException e) {
      throw new IllegalStateException("reading an array does no I/O", e);
    }
    if (piece.text()) {
      return new Reading(new RawRecord(bytes, MissingNode.getInstance()), null);
    }
    return new Reading(new RawRecord(bytes, MissingNode.getInstance()), rejection);
  }

  /** The object whose next key is being read. */
  private static @Nullable String holder(String above, JsonParser parser) {
    JsonStreamContext outer = parser.getParsingContext().getParent();
    return outer == null ? null : pointer(above, outer);
  }

  private static @Nullable String pointer(String above, JsonStreamContext context) {
    String pointer = above + context.pathAsPointer();
    return pointer.isEmpty() || pointer.length() > POINTER_CHARS ? null : pointer;
  }

  /** Something is over a limit of ours. */
  private static final class LimitException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Rejection.Code code;
    private final String text;

    LimitException(Rejection.Code code, String text) {
      super(text, null, false, false);
      this.code = code;
      this.text = text;
    }

    static LimitException longKey(Limits limits) {
      return new LimitException(
          Rejection.Code.TOO_LARGE,
          "a key is longer than " + limits.keyBytes() + " bytes, which is the limit");
    }
  }

  /** Builds the tree of one record; recurses no deeper than the limit allows. */
  private static final class Tree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int FEW_KEYS = 4;

    private final JsonParser parser;
    private final Limits limits;
    private final int depth;
    private int keys;

    /**
     * @param depth and {@code keys}: of the record before this part of it
     */
    Tree(JsonParser parser, Limits limits, int depth, int keys) {
      this.parser = parser;
      this.limits = limits;
      this.depth = depth;
      this.keys = keys;
    }

    /** A record of which the beginning was read before; that part is shared, and never changed. */
    static ObjectNode with(Head head, JsonNode item) {
      ObjectNode record = new ObjectNode(NODES, LinkedHashMap.newLinkedHashMap(FEW_KEYS));
      record.setAll(head.members);
      record.set(head.lastMember, item);
      return record;
    }

    JsonNode read() throws IOException, LimitException {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new LimitException(Rejection.Code.INVALID_JSON, "there is no JSON in the record");
      }
      JsonNode node = value(first, depth);
      if (parser.nextToken() != null) {
        throw new LimitException(
            Rejection.Code.INVALID_JSON, "there is something after the end of the JSON value");
      }
      return node;
    }

    private JsonNode value(JsonToken token, int depth) throws IOException, LimitException {
      return switch (token) {
        case START_OBJECT -> object(deeper(depth));
        case START_ARRAY -> array(deeper(depth));
        case VALUE_STRING -> NODES.textNode(parser.getText());
        case VALUE_NUMBER_INT -> integer();
        case VALUE_NUMBER_FLOAT -> {
          digits();
          yield NODES.numberNode(parser.getDoubleValue());
        }
        case VALUE_TRUE -> NODES.booleanNode(true);
        case VALUE_FALSE -> NODES.booleanNode(false);
        case VALUE_NULL -> NODES.nullNode();
        default -> throw new IllegalStateException("no value begins with " + token);
      };
    }

    private int deeper(int depth) throws LimitException {
      if (depth == limits.depth()) {
        throw new LimitException(
            Rejection.Code.TOO_DEEP,
            "objects and arrays are nested deeper than " + limits.depth() + ", which is the limit");
      }
      return depth + 1;
    }

    private ObjectNode object(int depth) throws IOException, LimitException {
      // most objects have few keys; the usual map has room for twelve
      ObjectNode object = new ObjectNode(NODES, new LinkedHashMap<>(FEW_KEYS));
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        if (Utf8.isLonger(key, limits.keyBytes())) {
          throw LimitException.longKey(limits);
        }
        if (++keys > limits.keys()) {
          throw new LimitException(
              Rejection.Code.TOO_LARGE,
              "the record has more than " + limits.keys() + " keys, which is the limit");
        }
        if (object.replace(key, value(parser.nextToken(), depth)) != null) {
          throw new LimitException(Rejection.Code.INVALID_JSON, "a key stands twice in one object");
        }
      }
      return object;
    }

    private ArrayNode array(int depth) throws IOException, LimitException {
      ArrayNode array = NODES.arrayNode();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        array.add(value(token, depth));
      }
      return array;
    }

    private JsonNode integer() throws IOException, LimitException {
      digits();
      return switch (parser.getNumberType()) {
        case INT -> NODES.numberNode(parser.getIntValue());
        case LONG -> NODES.numberNode(parser.getLongValue());
        default -> NODES.numberNode(parser.getBigIntegerValue());
      };
    }

    private void digits() throws IOException, LimitException {
      if (parser.getTextLength() > limits.numberDigits()) {
        throw new LimitException(
            Rejection.Code.TOO_LARGE,
            "a number has more than " + limits.numberDigits() + " digits, which is the limit");
      }
    }
  }
}
