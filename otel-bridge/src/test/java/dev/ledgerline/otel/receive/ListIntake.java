// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Receipt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An intake whose log is a list; it decodes at once and knows what it has seen. */
final class ListIntake implements Intake {
  static final Context CONTEXT =
      new Context(
          "otlp", null, null, null, null, null, null, Instant.parse("2026-11-21T10:00:00Z"));

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(10_000).build())
              .build());

  private final Dialect dialect = new OtlpDialect();
  private final Set<String> identities = new HashSet<>();
  final List<String> records = new ArrayList<>();
  final List<Draft> drafts = new ArrayList<>();
  int calls;

  /** Items that came as a tree too. */
  int trees;

  /** A tree has to be what reading the bytes gives, and its measures right. */
  @Override
  public Receipt takeAlike(String dialectName, List<Alike> groups, Context context)
      throws IntakeUnavailableException, InterruptedException {
    for (Alike alike : groups) {
      for (int i = 0; i < alike.items().count(); i++) {
        Item item = alike.items().item(i);
        if (item.tree() != null) {
          trees++;
          JsonNode read = parse(item.json());
          assertEquals(read, item.tree().json());
          assertEquals(depth(read), item.tree().depth());
          assertEquals(keys(read), item.tree().keys());
        }
      }
    }
    return Intake.super.takeAlike(dialectName, groups, context);
  }

  private static int depth(JsonNode tree) {
    int deepest = 0;
    for (JsonNode child : tree) {
      deepest = Math.max(deepest, depth(child));
    }
    return tree.isContainerNode() ? deepest + 1 : 0;
  }

  private static int keys(JsonNode tree) {
    int keys = tree.isObject() ? tree.size() : 0;
    for (JsonNode child : tree) {
      keys += keys(child);
    }
    return keys;
  }

  @Override
  public Receipt take(String dialectName, List<byte[]> taken, Context context) {
    calls++;
    int stored = 0;
    int duplicates = 0;
    List<Receipt.ItemError> errors = new ArrayList<>();
    for (int i = 0; i < taken.size(); i++) {
      RawRecord record = new RawRecord(taken.get(i), parse(taken.get(i)));
      if (!dialect.name().equals(dialectName) || !dialect.claims(record)) {
        throw new AssertionError("not claimed: " + record.text());
      }
      switch (dialect.decode(record, context, new NoMemory())) {
        case Decoded.Rejected rejected ->
            errors.add(new Receipt.ItemError(i, rejected.rejection()));
        case Decoded.Drafts read -> {
          if (identities.add(String.valueOf(read.identity()))) {
            stored++;
            records.add(record.text());
            drafts.addAll(read.drafts());
          } else {
            duplicates++;
          }
        }
      }
    }
    return new Receipt(
        taken.size(), stored, duplicates, errors.size(), "0-" + calls, errors, List.of());
  }

  /** The n-th stored record. */
  JsonNode record(int n) {
    return parse(records.get(n).getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode parse(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The dialect says that it remembers nothing, so it is given nothing to remember with. */
  private static final class NoMemory implements Memory {
    @Override
    public <T extends Record> @Nullable T recall(String key, Class<T> type) {
      throw new AssertionError("recalls " + key);
    }

    @Override
    public void remember(String key, Record value) {
      throw new AssertionError("remembers " + key);
    }

    @Override
    public void forget(String key) {
      throw new AssertionError("forgets " + key);
    }
  }
}
