// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The schema says yes to what we document and write, and no to what breaks it. */
class NativeSchemaTest {
  private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");
  private static final TokenUsage TOKENS = new TokenUsage(10L, 2L, 12L, 4L, null, 1L, 0.5);

  private final Schema schema =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(resource("/schema/native-event.schema.json"));

  @TestFactory
  Stream<DynamicTest> acceptsTheGoldenExamples() {
    return resource("/golden/native/valid.jsonl")
        .lines()
        .map(line -> DynamicTest.dynamicTest(line, () -> assertEquals(List.of(), errors(line))));
  }

  @TestFactory
  Stream<DynamicTest> refusesWhatIsMissingOrOfAWrongType() {
    return resource("/golden/native/invalid.jsonl")
        .lines()
        .map(line -> DynamicTest.dynamicTest(line, () -> assertFalse(errors(line).isEmpty())));
  }

  @Test
  void keepsTypesAndFieldsThatItDoesNotKnow() {
    assertEquals(List.of(), errors("{\"type\":\"BirdSeen\",\"run_id\":\"r\",\"bird\":[7]}"));
  }

  @TestFactory
  Stream<DynamicTest> acceptsEveryFactThatIsWritten() {
    return facts()
        .map(
            fact ->
                DynamicTest.dynamicTest(
                    fact.getClass().getSimpleName(),
                    () -> {
                      JsonNode json = NativeJson.write(event(fact), MissingNode.getInstance());
                      assertEquals(List.of(), errors(json.toString()), json::toString);
                    }));
  }

  @Test
  void namesEveryKindOfFactInTheTestAbove() {
    Set<Class<?>> written = facts().map(Object::getClass).collect(Collectors.toSet());
    for (Class<?> kind : Fact.class.getPermittedSubclasses()) {
      assertTrue(written.contains(kind), kind::toString);
    }
  }

  @Test
  void copiesWhatIsLargeFromTheOriginal() throws IOException {
    JsonNode original =
        new ObjectMapper().readTree("{\"a\":{\"b\":\"{\\\"cmd\\\":\\\"ls\\\"}\"},\"c\":\"ls -1\"}");
    JsonNode object = NativeJson.write(event(new Fact.ToolCall("1", "sh", "/a/b")), original);
    assertEquals("ls", object.at("/args/cmd").asText());
    JsonNode text = NativeJson.write(event(new Fact.ToolCall("1", "sh", "/c")), original);
    assertEquals("ls -1", text.at("/args_text").asText());
    JsonNode gone = NativeJson.write(event(new Fact.ToolCall("1", "sh", "/d")), original);
    assertFalse(gone.has("args"));
  }

  private static Stream<Fact> facts() {
    return Stream.of(
        Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"),
        Fact.StateChange.reported(Entity.RUN, State.FAILED, "RunCompleted").because("night fell"),
        Fact.StateChange.reported(Entity.RUN, State.CANCELING, "CancelRequest"),
        Fact.StateChange.reported(Entity.AGENT, State.PAUSED, "resting")
            .derived(Fact.Firmness.SOFT),
        new Fact.RetryScheduled(2, 10L, NOW, "no boat"),
        new Fact.WaitOpened("w", WaitKind.APPROVAL, "May I?", true, "c", Quality.DERIVED),
        new Fact.WaitResolved(null, WaitOutcome.ANSWERED, "Ines", "r-2", Quality.REPORTED),
        new Fact.Message(Role.USER, true, null),
        new Fact.Reasoning(null),
        new Fact.ToolCall("c", "grep", null),
        new Fact.ToolProgress("c", "grep"),
        new Fact.ToolResult("c", "grep", ToolOutcome.FAILED, null, "exit code 2", true, true),
        new Fact.ModelRequest("m", "small"),
        new Fact.ModelResponse("m", "small", TOKENS, null),
        new Fact.UsageReported("t", true, TOKENS, false, TOKENS),
        new Fact.ArtifactProduced("a", "count.csv", "file:/a", "text/csv"),
        new Fact.PlanUpdated(),
        new Fact.Handoff("a", "b"),
        new Fact.Snapshot(),
        new Fact.Control("stop"),
        new Fact.ErrorReported("model", "429", "slow down", true),
        new Fact.LogLine("info"),
        new Fact.SpanRecorded(
            "s",
            "p",
            StepKind.TOOL,
            "grep",
            "c",
            NOW,
            NOW,
            ToolOutcome.OK,
            null,
            TOKENS,
            null,
            true,
            State.SUSPENDED,
            "run-of-its-own"),
        new Fact.RuleBroken("Symphony 8.4", "1000 ms", "5000 ms", "waits too long"),
        new Fact.PartOf("r-1"),
        new Fact.UnknownFact("bird.song"));
  }

  private static Event event(Fact fact) {
    Scope scope = Scope.of("r", "t", "ranger").withTask("MT-12").withDepth(0).withNativeAttempt(1);
    return new Event(
        EventId.named("e"),
        "pond",
        "agent-protocol",
        "Bird",
        "7",
        scope,
        NOW,
        NOW,
        TimeQuality.SOURCE,
        7L,
        fact,
        Set.of(),
        "a line");
  }

  private List<String> errors(String json) {
    return schema.validate(json, InputFormat.JSON).stream().map(Error::toString).toList();
  }

  private static String resource(String name) {
    try (InputStream stream =
        Objects.requireNonNull(NativeSchemaTest.class.getResourceAsStream(name), name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
