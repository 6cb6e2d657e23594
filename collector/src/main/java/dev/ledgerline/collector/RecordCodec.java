// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What dialects remember, in binary: records of text, numbers, instants, constants, lists, sets,
 * maps and records. Each value says what it is; a record whose components have changed since cannot
 * be read, and need not be: it is remembered anew from the log.
 *
 * <p>Only records and enums of the packages of our dialects are made.
 */
final class RecordCodec {
  /** Deeper values than any dialect has; bounds the recursion. */
  private static final int MOST_DEPTH = 16;

  private final Map<String, ClassLoader> packages = new LinkedHashMap<>();

  /** Reads records of the packages of these objects, and those below them. */
  RecordCodec(Collection<?> owners) {
    for (Object owner : owners) {
      packages.put(owner.getClass().getPackageName(), owner.getClass().getClassLoader());
    }
    packages.put("dev.ledgerline.event", RecordCodec.class.getClassLoader());
  }

  void write(@Nullable Object value, DataOutputStream out) throws IOException {
    write(value, out, 0);
  }

  private void write(@Nullable Object value, DataOutputStream out, int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw new IOException("a value that is nested too deep");
    }
    switch (value) {
      case null -> out.writeByte('0');
      case String text -> {
        out.writeByte('s');
        text(text, out);
      }
      case Integer number -> {
        out.writeByte('i');
        out.writeInt(number);
      }
      case Long number -> {
        out.writeByte('l');
        out.writeLong(number);
      }
      case Double number -> {
        out.writeByte('d');
        out.writeDouble(number);
      }
      case Boolean flag -> {
        out.writeByte('b');
        out.writeBoolean(flag);
      }
      case Instant instant -> {
        out.writeByte('t');
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
      }
      case Enum<?> constant -> {
        out.writeByte('e');
        text(constant.getDeclaringClass().getName(), out);
        text(constant.name(), out);
      }
      case Map<?, ?> map -> {
        out.writeByte('m');
        out.writeInt(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          write(entry.getKey(), out, depth + 1);
          write(entry.getValue(), out, depth + 1);
        }
      }
      case Collection<?> collection -> {
        out.writeByte(collection instanceof Set<?> ? 'S' : 'L');
        out.writeInt(collection.size());
        for (Object element : collection) {
          write(element, out, depth + 1);
        }
      }
      case Record record -> {
        out.writeByte('r');
        text(record.getClass().getName(), out);
        RecordComponent[] components = record.getClass().getRecordComponents();
        out.writeInt(components.length);
        for (RecordComponent component : components) {
          write(component(record, component), out, depth + 1);
        }
      }
      default -> throw new IOException("cannot write a " + value.getClass().getName());
    }
  }

  private static @Nullable Object component(Record record, RecordComponent component)
      throws IOException {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IOException("cannot read " + component, e);
    }
  }

  @Nullable Object read(DataInputStream in) throws IOException {
    byte tag = in.readByte();
    return switch (tag) {
      case '0' -> null;
      case 's' -> text(in);
      case 'i' -> in.readInt();
      case 'l' -> in.readLong();
      case 'd' -> in.readDouble();
      case 'b' -> in.readBoolean();
      case 't' -> Instant.ofEpochSecond(in.readLong(), in.readInt());
      case 'e' -> constant(text(in), text(in));
      case 'm' -> map(in);
      case 'S' -> new LinkedHashSet<>(list(in));
      case 'L' -> list(in);
      case 'r' -> record(in);
      default -> throw new IOException("no value begins with " + tag);
    };
  }

  private Map<Object, Object> map(DataInputStream in) throws IOException {
    int size = in.readInt();
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      map.put(told(read(in)), told(read(in)));
    }
    return map;
  }

  private List<Object> list(DataInputStream in) throws IOException {
    int size = in.readInt();
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(told(read(in)));
    }
    return list;
  }

  private static Object told(@Nullable Object value) throws IOException {
    if (value == null) {
      throw new IOException("a collection with a hole");
    }
    return value;
  }

  private Object record(DataInputStream in) throws IOException {
    Class<?> type = type(text(in));
    Object[] values = new Object[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(in);
    }
    if (!type.isRecord()) {
      throw new IOException(type + " is no record");
    }
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IOException("cannot make a " + type.getName(), e);
    }
  }

  private Object constant(String type, String name) throws IOException {
    Object[] constants = type(type).getEnumConstants();
    if (constants != null) {
      for (Object constant : constants) {
        if (((Enum<?>) constant).name().equals(name)) {
          return constant;
        }
      }
    }
    throw new IOException("no constant " + name + " of " + type);
  }

  private Class<?> type(String name) throws IOException {
    for (Map.Entry<String, ClassLoader> known : packages.entrySet()) {
      if (name.startsWith(known.getKey() + ".")) {
        try {
          return Class.forName(name, false, known.getValue());
        } catch (ClassNotFoundException e) {
          throw new IOException("there is no " + name + " any more", e);
        }
      }
    }
    throw new IOException(name + " belongs to no dialect");
  }

  static void text(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new java.io.EOFException("a text that was cut off");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
