// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.ledgerline.event.Intake;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages as canonical JSON straight from their protobuf encoding, and as the tree that
 * parsing this JSON would give. Each message is walked once to find its fields (they may come in
 * any order, JSON has them in that of their numbers) and once to write them. Fields that the
 * protocol does not have, or that are encoded otherwise than it says, are left out as protobuf
 * prescribes. Used by one thread.
 */
final class WireMessages {
  /**
   * Messages in messages that are taken apart. What is deeper is written as base64 of its bytes:
   * the record is far over the limit of the intake then, and nothing of it is lost.
   */
  static final int MAX_DEPTH = 1_000;

  /** Of longer messages no tree is made: they are few, and it would take many times as much. */
  private static final int MAX_TREE_BYTES = 256 << 10;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int WITH_LENGTH = 2;
  private static final int GROUP = 3;
  private static final int GROUP_END = 4;
  static final int FIXED32 = 5;

  /** Ints per field that was found: index of the field, begin and end of its value. */
  private static final int FOUND = 3;

  /** A field that another member of its choice replaced. */
  private static final int REPLACED = -1;

  private final byte[] in;
  private final JsonBytes out;
  private int at;

  /** Whether a tree grows beside the bytes. */
  private boolean growing;

  private int keys;
  private int deepest;

  /** What was found in the messages that are being written, outermost first. */
  private int[] found = new int[64 * FOUND];

  private int top;

  WireMessages(byte[] in, JsonBytes out) {
    this.in = in;
    this.out = out;
  }

  /**
   * Writes the message that stands in {@code [from, to)}.
   *
   * @return the same as a tree; null where it is large, as a tree takes many times its bytes
   * @throws MalformedException it is no protobuf; what was written of it is to be thrown away
   */
  Intake.@Nullable Tree write(Shape shape, int from, int to) throws MalformedException {
    top = 0;
    keys = 0;
    deepest = 0;
    growing = to - from <= MAX_TREE_BYTES;
    JsonNode json = message(shape, from, to, 0);
    return json == null ? null : new Intake.Tree(json, deepest, keys);
  }

  /**
   * @param level objects and arrays around it
   */
  private @Nullable JsonNode message(Shape shape, int from, int to, int level)
      throws MalformedException {
    if (level > MAX_DEPTH) {
      growing = false;
      out.base64(in, from, to);
      return null;
    }
    deepest = Math.max(deepest, level + 1);
    int first = top;
    if (!find(shape, from, to)) {
      sort(first, shape.fields().size());
    }
    int end = top;
    List<Shape.Field> fields = shape.fields();
    ObjectNode grown =
        growing
            ? new ObjectNode(NODES, LinkedHashMap.newLinkedHashMap((end - first) / FOUND))
            : null;
    out.put('{');
    int written = out.length();
    for (int i = first; i < end; ) {
      int index = found[i];
      int next = i + FOUND;
      while (next < end && found[next] == index) {
        next += FOUND;
      }
      if (index != REPLACED) {
        Shape.Field field = fields.get(index);
        int before = out.length();
        if (before > written) {
          out.put(',');
        }
        out.put(field.jsonName);
        int begin = out.length();
        JsonNode value =
            field.repeated
                ? list(shape, field, i, next, level + 1)
                : single(shape, field, i, next, level + 1);
        if (out.length() == begin) {
          out.backTo(before);
        } else {
          keys++;
          if (grown != null && value != null) {
            grown.set(field.name, value);
          }
        }
      }
      i = next;
    }
    out.put('}');
    top = first;
    return growing ? grown : null;
  }

  /** Whether the fields came in order and each choice was made once. */
  private boolean find(Shape shape, int from, int to) throws MalformedException {
    boolean inOrder = true;
    int last = REPLACED;
    int chosen = -1;
    at = from;
    while (at < to) {
      int tag = tag(to);
      Shape.Field field = shape.field(tag >>> 3);
      int wireType = tag & 7;
      int begin = at;
      if (wireType == WITH_LENGTH) {
        int length = length(to);
        begin = at;
        at += length;
      } else {
        skip(wireType, tag >>> 3, to);
      }
      if (field == null || !fits(field, wireType)) {
        continue;
      }
      if (field.choice) {
        if (chosen >= 0 && found[chosen] != field.index) {
          found[chosen] = REPLACED;
          inOrder = false;
        }
        chosen = top;
      }
      add(field.index, begin, at);
      inOrder &= field.index >= last;
      last = field.index;
    }
    return inOrder;
  }

  private static boolean fits(Shape.Field field, int wireType) {
    return wireType == field.wireType
        || (wireType == WITH_LENGTH && field.repeated && field.wireType != WITH_LENGTH);
  }

  private void add(int index, int begin, int end) {
    if (top + FOUND > found.length) {
      found = Arrays.copyOf(found, found.length * 2);
    }
    found[top] = index;
    found[top + 1] = begin;
    found[top + 2] = end;
    top += FOUND;
  }

  /** By field; what belongs to one field keeps its order. Linear, whoever wrote the message. */
  private void sort(int first, int fields) {
    int[] starts = new int[fields + 2];
    for (int i = first; i < top; i += FOUND) {
      starts[found[i] + 2] += FOUND;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] sorted = new int[top - first];
    for (int i = first; i < top; i += FOUND) {
      int to = starts[found[i] + 1];
      System.arraycopy(found, i, sorted, to, FOUND);
      starts[found[i] + 1] += FOUND;
    }
    System.arraycopy(sorted, 0, found, first, sorted.length);
  }

  /** Writes nothing where the field has its default. */
  private @Nullable JsonNode single(Shape shape, Shape.Field field, int first, int end, int level)
      throws MalformedException {
    int begin = found[end - FOUND + 1];
    int stop = found[end - FOUND + 2];
    if (field.isMessage()) {
      if (end - first > FOUND) {
        // protobuf would merge them; no sender is known to do that
        throw new MalformedException(field.name + " stands twice in one message");
      }
      return message(shape.of(field), begin, stop, level);
    }
    if (field.wireType == WITH_LENGTH) {
      return begin == stop && !field.presence ? null : text(field, begin, stop);
    }
    at = begin;
    long value = number(field, stop);
    return value == 0 && !field.presence ? null : number(field, value);
  }

  /** Writes nothing where there is no element. */
  private @Nullable JsonNode list(Shape shape, Shape.Field field, int first, int end, int level)
      throws MalformedException {
    int before = out.length();
    ArrayNode grown = growing ? new ArrayNode(NODES, (end - first) / FOUND) : null;
    out.put('[');
    int written = out.length();
    for (int i = first; i < end; i += FOUND) {
      int begin = found[i + 1];
      int stop = found[i + 2];
      if (field.isMessage()) {
        comma(written);
        add(grown, message(shape.of(field), begin, stop, level + 1));
      } else if (field.wireType == WITH_LENGTH) {
        comma(written);
        add(grown, text(field, begin, stop));
      } else {
        for (at = begin; at < stop; ) { // one, or several that are packed
          comma(written);
          add(grown, number(field, number(field, stop)));
        }
      }
    }
    if (out.length() == written) {
      out.backTo(before);
      return null;
    }
    out.put(']');
    deepest = Math.max(deepest, level + 1);
    return grown;
  }

  private static void add(@Nullable ArrayNode grown, @Nullable JsonNode element) {
    if (grown != null && element != null) {
      grown.add(element);
    }
  }

  private void comma(int written) {
    if (out.length() > written) {
      out.put(',');
    }
  }

  private @Nullable JsonNode text(Shape.Field field, int begin, int end) {
    if (field.id) {
      return quoted(out.length(), out.hex(in, begin, end));
    }
    if (field.type == FieldDescriptor.Type.BYTES) {
      return quoted(out.length(), out.base64(in, begin, end));
    }
    out.string(in, begin, end);
    return growing
        ? NODES.textNode(new String(in, begin, end - begin, StandardCharsets.UTF_8))
        : null;
  }

  /** What was written between quotes since then, in which nothing had to be escaped. */
  private @Nullable JsonNode quoted(int before, JsonBytes written) {
    return growing ? NODES.textNode(written.ascii(before + 1, written.length() - 1)) : null;
  }

  /** The bits of the number that begins here. */
  private long number(Shape.Field field, int end) throws MalformedException {
    return switch (field.wireType) {
      case VARINT -> varint(end);
      case FIXED64 -> fixed(8, end);
      default -> fixed(4, end);
    };
  }

  private @Nullable JsonNode number(Shape.Field field, long bits) {
    int low = (int) bits;
    return switch (field.type) {
      case BOOL -> {
        out.putAscii(bits == 0 ? "false" : "true");
        yield NODES.booleanNode(bits != 0);
      }
      case DOUBLE -> number(Double.longBitsToDouble(bits));
      case FLOAT -> number((double) Float.intBitsToFloat(low));
      case UINT64, FIXED64 -> quoted(out.length(), out.quotedNumber(bits, true));
      case INT64, SFIXED64 -> quoted(out.length(), out.quotedNumber(bits, false));
      case SINT64 -> quoted(out.length(), out.quotedNumber((bits >>> 1) ^ -(bits & 1), false));
      case UINT32, FIXED32 -> number(bits & 0xffff_ffffL);
      case SINT32 -> number((low >>> 1) ^ -(low & 1));
      default -> number(low);
    };
  }

  private @Nullable JsonNode number(double number) {
    int before = out.length();
    out.number(number);
    return Double.isFinite(number) ? NODES.numberNode(number) : quoted(before, out);
  }

  private @Nullable JsonNode number(long number) {
    out.number(number);
    return number == (int) number ? NODES.numberNode((int) number) : NODES.numberNode(number);
  }

  private long fixed(int bytes, int end) throws MalformedException {
    if (end - at < bytes) {
      throw new MalformedException("a number is cut off");
    }
    long bits = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      bits = bits << 8 | (in[at + i] & 0xff);
    }
    at += bytes;
    return bits;
  }

  private int tag(int end) throws MalformedException {
    long tag = varint(end);
    if (tag >>> 32 != 0 || tag >>> 3 == 0) {
      throw new MalformedException("a field has no number");
    }
    return (int) tag;
  }

  private int length(int end) throws MalformedException {
    long length = varint(end);
    if (length < 0 || length > end - at) {
      throw new MalformedException("a field is longer than what it stands in");
    }
    return (int) length;
  }

  private long varint(int end) throws MalformedException {
    long bits = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw new MalformedException("a number is cut off");
      }
      byte b = in[at++];
      bits |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return bits;
      }
    }
    throw new MalformedException("a number has more than ten bytes");
  }

  private void skip(int wireType, int number, int end) throws MalformedException {
    switch (wireType) {
      case VARINT -> varint(end);
      case FIXED64 -> fixed(8, end);
      case FIXED32 -> fixed(4, end);
      case GROUP -> skipGroup(number, end);
      default -> throw new MalformedException("a field has no type");
    }
  }

  /** Groups are of protobuf 2; OTLP has none, so that the depth is all that has to be kept. */
  private void skipGroup(int number, int end) throws MalformedException {
    for (int depth = 1; depth > 0; ) {
      int tag = tag(end);
      switch (tag & 7) {
        case GROUP -> depth++;
        case GROUP_END -> depth--;
        case WITH_LENGTH -> at += length(end);
        default -> skip(tag & 7, number, end);
      }
    }
  }

  /** The bytes are no protobuf, or not that message. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  /** Hands out the fields of one message that have a length. */
  interface Fields {
    void field(int number, int begin, int end) throws MalformedException;
  }

  /** Walks a message without writing. */
  void walk(int from, int to, Fields fields) throws MalformedException {
    int position = from;
    while (position < to) {
      at = position;
      int tag = tag(to);
      if ((tag & 7) == WITH_LENGTH) {
        int length = length(to);
        position = at + length;
        fields.field(tag >>> 3, at, position);
      } else {
        skip(tag & 7, tag >>> 3, to);
        position = at;
      }
    }
  }
}
