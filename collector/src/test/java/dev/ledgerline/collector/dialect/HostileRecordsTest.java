// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Records from models and attackers: whatever they hold, a dialect answers. */
class HostileRecordsTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROUNDS = Integer.getInteger("rounds", 12);
  private static final Context NO_HEADERS =
      new Context("pond", null, null, null, null, null, null, Golden.OBSERVED);

  @Test
  void answersWhateverAGoldenRecordIsTurnedInto() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      MapMemory memory = new MapMemory();
      for (Golden golden : Golden.all().toList()) {
        for (Golden.Line line : golden.lines()) {
          if (line instanceof Golden.Line.Sent sent) {
            JsonNode mutant = mutate(Recorder.parse(bytes(sent.record())), random);
            for (Dialect dialect : Dialects.standard().inOrder()) {
              assertDoesNotThrow(
                  () -> check(dialect, mutant, sent.context(), memory),
                  () -> dialect.name() + ", seed " + seed + ": " + mutant);
            }
          }
        }
      }
    }
  }

  private static void check(Dialect dialect, JsonNode json, Context context, MapMemory memory) {
    RawRecord record = new RawRecord(bytes(json.toString()), json);
    dialect.claims(record);
    Decoded decoded = dialect.decode(record, context.withNumber(null), memory);
    if (decoded instanceof Decoded.Drafts(String identity, List<Draft> drafts)) {
      assertTrue(identity == null || !identity.isEmpty());
      drafts.forEach(draft -> assertPointersLeadSomewhere(draft.fact(), json));
    }
    dialect.endOfStream(context, memory).forEach(HostileRecordsTest::assertSoft);
  }

  private static void assertSoft(Draft draft) {
    if (draft.fact() instanceof Fact.StateChange change) {
      assertEquals(Fact.Firmness.SOFT, change.firmness());
    }
  }

  private static void assertPointersLeadSomewhere(Fact fact, JsonNode json) {
    String pointer =
        switch (fact) {
          case Fact.Message m -> m.textPointer();
          case Fact.Reasoning r -> r.textPointer();
          case Fact.ToolCall c -> c.argsPointer();
          case Fact.ToolResult r -> r.resultPointer();
          default -> null;
        };
    if (pointer != null) {
      assertFalse(json.at(pointer).isMissingNode(), () -> pointer + " in " + json);
    }
  }

  /** One to three places of a record hold something else. */
  private static JsonNode mutate(JsonNode record, Random random) {
    JsonNode mutant = record.deepCopy();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      List<ObjectNode> objects = new ArrayList<>();
      collect(mutant, objects);
      if (objects.isEmpty()) {
        return mutant;
      }
      ObjectNode place = objects.get(random.nextInt(objects.size()));
      List<String> names = place.propertyStream().map(e -> e.getKey()).toList();
      if (names.isEmpty() || random.nextInt(8) == 0) {
        place.set("type", something(random));
      } else {
        String name = names.get(random.nextInt(names.size()));
        if (random.nextInt(5) == 0) {
          place.remove(name);
        } else {
          place.set(name, something(random));
        }
      }
    }
    return mutant;
  }

  private static void collect(JsonNode node, List<ObjectNode> objects) {
    if (node instanceof ObjectNode object) {
      objects.add(object);
    }
    node.forEach(child -> collect(child, objects));
  }

  private static JsonNode something(Random random) {
    return switch (random.nextInt(14)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(random.nextInt());
      case 3 -> NODES.numberNode(random.nextDouble() * 1e300);
      case 4 -> NODES.numberNode(new BigInteger(200, random));
      case 5 -> NODES.textNode("");
      case 6 -> NODES.textNode("\u202e\ud800\u0000 \n" + random.nextInt());
      case 7 -> NODES.textNode("x".repeat(1 + random.nextInt(3_000)));
      case 8 -> NODES.arrayNode();
      case 9 -> array(random);
      case 10 -> NODES.objectNode();
      case 11 -> NODES.objectNode().set("type", NODES.textNode("ToolCall"));
      case 12 -> NODES.textNode("__PAUSE4INPUT__");
      default -> NODES.textNode("2026-13-45T99:00:00Z");
    };
  }

  private static ArrayNode array(Random random) {
    ArrayNode array = NODES.arrayNode();
    for (int i = 0; i < 3; i++) {
      array.add(random.nextBoolean() ? NODES.numberNode(i) : NODES.objectNode());
    }
    return array;
  }

  @Test
  void answersWhatIsNoObject() throws Exception {
    for (String json :
        List.of("null", "[]", "3", "\"text\"", "true", "[{\"type\":\"ToolCall\"}]")) {
      RawRecord record = new RawRecord(bytes(json), JSON.readTree(json));
      for (Dialect dialect : Dialects.standard().inOrder()) {
        assertFalse(dialect.claims(record));
        assertInstanceOf(
            Decoded.Rejected.class, dialect.decode(record, NO_HEADERS, new MapMemory()), json);
      }
    }
  }

  @Test
  void refusesIdsThatAreTooLongAndNamesThem() {
    String id = "ä".repeat(513);
    Rejection rejection =
        rejection("{\"type\":\"ToolCall\",\"run_id\":\"" + id + "\",\"function_name\":\"grep\"}");
    assertEquals(Rejection.Code.TOO_LARGE, rejection.code());
    assertEquals("/run_id", rejection.pointer());

    rejection = rejection("{\"type\":\"ToolCall\",\"run_id\":\"r\",\"id\":\"" + id + "\"}");
    assertEquals("/id", rejection.pointer());
  }

  private static Rejection rejection(String json) {
    RawRecord record = new RawRecord(bytes(json), Recorder.parse(bytes(json)));
    Decoded decoded = new AgentProtocolDialect().decode(record, NO_HEADERS, new MapMemory());
    return assertInstanceOf(Decoded.Rejected.class, decoded).rejection();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
