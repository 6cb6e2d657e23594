// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.http;

import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.DeliveryRefusedException.Code;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.log.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the {@code Ledgerline-} headers: percent-encoded UTF-8. */
public final class ContextHeaders {
  private final Limits limits;

  public ContextHeaders(Limits limits) {
    this.limits = limits;
  }

  /**
   * What the headers say.
   *
   * @param header of the request by name, null where it was not sent
   * @param keyName the source where none is named
   */
  public Origin read(Function<String, @Nullable String> header, @Nullable String keyName)
      throws DeliveryRefusedException {
    String source = id(header, "Ledgerline-Source");
    return new Origin(
        source == null ? keyName : source,
        id(header, "Ledgerline-Stream"),
        offset(header),
        new Entry.Headers(
            id(header, "Ledgerline-Run"),
            id(header, "Ledgerline-Thread"),
            id(header, "Ledgerline-Agent"),
            id(header, "Ledgerline-Task")));
  }

  private @Nullable Long offset(Function<String, @Nullable String> header)
      throws DeliveryRefusedException {
    String text = header.apply("Ledgerline-Offset");
    if (text == null || text.isBlank()) {
      return null;
    }
    if (!text.strip().matches("[0-9]{1,18}")) {
      throw new DeliveryRefusedException(
          Code.INVALID_FIELD, "Ledgerline-Offset is the number of a record, from 0");
    }
    return Long.valueOf(text.strip());
  }

  private @Nullable String id(Function<String, @Nullable String> header, String name)
      throws DeliveryRefusedException {
    String value = header.apply(name);
    if (value == null || value.isBlank()) {
      return null;
    }
    if (value.length() > limits.headerBytes()) {
      throw new DeliveryRefusedException(
          Code.INVALID_FIELD,
          name + " is longer than " + limits.headerBytes() + " bytes, which is the limit");
    }
    String decoded = decode(name, value.strip());
    if (decoded.getBytes(StandardCharsets.UTF_8).length > limits.idBytes()) {
      throw new DeliveryRefusedException(
          Code.INVALID_FIELD,
          name + " names an id of more than " + limits.idBytes() + " bytes, which is the limit");
    }
    return decoded;
  }

  private static String decode(String name, String value) throws DeliveryRefusedException {
    ByteBuffer bytes = ByteBuffer.allocate(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '%') {
        int high = i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
        int low = i + 2 < value.length() ? Character.digit(value.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw new DeliveryRefusedException(
              Code.INVALID_FIELD, name + " is not percent-encoded: a % needs two hex digits");
        }
        bytes.put((byte) ((high << 4) | low));
        i += 2;
      } else if (c < 0x100) {
        bytes.put((byte) c); // servers hand headers on byte by byte: plain UTF-8 is understood, too
      } else {
        throw new DeliveryRefusedException(Code.INVALID_FIELD, name + " is not UTF-8");
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new DeliveryRefusedException(Code.INVALID_FIELD, name + " is not UTF-8");
    }
  }
}
