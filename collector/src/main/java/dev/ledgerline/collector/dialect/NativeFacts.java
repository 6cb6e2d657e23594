// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.State;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each type of the Agent Protocol says; {@link NativeAdditions} knows the types that it lacks.
 * The JSON Schema {@code native-event.schema.json} lists the fields.
 */
final class NativeFacts {
  /** Types that no other system uses: such a record is claimed whatever else it holds. */
  private static final Set<String> PROTOCOL =
      Set.of(
          "ChatRequest",
          "CancelRequest",
          "ResumeWithInput",
          "ConfigureRequest",
          "RunStarted",
          "RunCompleted",
          "WaitForInput",
          "TextOutput",
          "ToolTextOutput",
          "ToolCall",
          "ToolResult",
          "ToolError",
          "ArtifactGenerated",
          "CompletionCall",
          "CompletionResult");

  private static final Fact RUN_STARTED =
      Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted");
  private static final Fact CANCEL =
      Fact.StateChange.reported(Entity.RUN, State.CANCELING, "CancelRequest");

  private NativeFacts() {}

  /**
   * A record as a fact.
   *
   * @param known false where the type is not
   */
  record Read(Fact fact, String summary, boolean known) {
    static Read of(Fact fact, String summary) {
      return new Read(fact, summary, true);
    }

    /** A type that we know, with nothing in it that could act. */
    static Read nothing(String type, Fields f) {
      f.noteInvalid();
      return new Read(new Fact.UnknownFact(type), type, true);
    }
  }

  static boolean isOfTheProtocol(String type) {
    return PROTOCOL.contains(type);
  }

  /** Facts about a task or a thread can be told outside any run. */
  static boolean standsWithoutRun(
      String type, Fields f, @Nullable String task, @Nullable String thread) {
    return switch (type) {
      case "TaskSubmitted", "RetryScheduled" -> task != null;
      case "StateTransition" ->
          switch (f.node().path("entity").asText()) {
            case "task" -> task != null;
            case "thread" -> thread != null;
            default -> false;
          };
      default -> false;
    };
  }

  /** The id of the task or thread that a change of state is about, null where it is of another. */
  static @Nullable String subject(String type, String entity, Fields f) {
    return type.equals("StateTransition") && f.node().path("entity").asText().equals(entity)
        ? f.id("entity_id")
        : null;
  }

  /** The field with the attempt of the run: {@code RetryScheduled.attempt} is the one to come. */
  static String attemptField(String type) {
    return type.equals("RetryScheduled") ? "native_attempt" : "attempt";
  }

  /** {@code ArtifactGenerated.id} is the artifact's. */
  static boolean idIsTheEvents(String type) {
    return !type.equals("ArtifactGenerated");
  }

  static Read read(String type, Fields f) {
    return switch (type) {
      case "ChatRequest" -> message(f, "input", Role.USER);
      case "CancelRequest" -> Read.of(CANCEL, type);
      case "ConfigureRequest" ->
          Read.of(new Fact.Control("configure"), Brief.call("configure", f.present("args")));
      case "ResumeWithInput" -> resumed(f);
      case "RunStarted" -> Read.of(RUN_STARTED, Brief.line(f.text("title")));
      case "RunCompleted" -> completed(f);
      case "WaitForInput" -> waitForInput(f);
      case "TextOutput" -> message(f, "content", Role.ASSISTANT);
      case "ToolCall" -> toolCall(f);
      case "ToolTextOutput" ->
          Read.of(
              new Fact.ToolProgress(f.id("call_id"), f.id("function_name")),
              Brief.line(f.text("content")));
      case "ToolResult" -> toolResult(f);
      case "ToolError" -> toolError(f);
      case "ArtifactGenerated" -> artifact(f);
      case "CompletionCall" -> Read.of(new Fact.ModelRequest(f.id("call_id"), f.id("model")), type);
      case "CompletionResult" -> completionResult(f);
      default -> NativeAdditions.read(type, f);
    };
  }

  private static Read message(Fields f, String field, Role byDefault) {
    Role role = f.word(Role.class, "role");
    boolean given = f.has("role");
    String pointer = f.textPointer(field);
    return Read.of(
        new Fact.Message(
            role != null ? role : given ? Role.UNKNOWN : byDefault,
            f.isTrue("delta", false),
            pointer),
        Brief.line(f.text(field)));
  }

  private static Read resumed(Fields f) {
    f.objectPointer("request_keys");
    return Read.of(
        new Fact.WaitResolved(
            f.id("wait_id"), WaitOutcome.ANSWERED, f.id("resolved_by"), null, Quality.REPORTED),
        Brief.call(null, f.present("request_keys")));
  }

  private static Read completed(Fields f) {
    String told = f.text("finish_reason");
    State state =
        switch (told == null ? "" : told.toLowerCase(Locale.ROOT)) {
          case "success" -> State.COMPLETED;
          case "error" -> State.FAILED;
          case "canceled", "cancelled" -> State.CANCELED;
          default -> State.UNKNOWN;
        };
    if (state == State.UNKNOWN) {
      f.noteInvalid(); // it ended, and how is not told
    }
    String reason = f.text("reason");
    if (reason == null && f.node().path("error").isTextual()) {
      reason = f.text("error");
    }
    Fact fact =
        Fact.StateChange.reported(Entity.RUN, state, "RunCompleted").because(Brief.reason(reason));
    return Read.of(fact, Brief.line(told, reason));
  }

  private static Read waitForInput(Fields f) {
    StringBuilder prompt = new StringBuilder();
    StringBuilder keys = new StringBuilder();
    f.objectPointer("request_keys");
    JsonNode asked = f.node().path("request_keys");
    for (Map.Entry<String, JsonNode> key : asked.properties()) {
      prompt.append(prompt.isEmpty() ? "" : "\n").append(key.getValue().asText());
      keys.append(keys.isEmpty() ? "" : ",").append(key.getKey());
    }
    String waitId = f.id("wait_id");
    if (waitId == null) {
      JsonNode id = f.present("id");
      waitId = "input:" + (id != null && id.isValueNode() ? id.asText() : shortened(keys));
    }
    return Read.of(
        new Fact.WaitOpened(
            waitId,
            WaitKind.HUMAN_INPUT,
            prompt.isEmpty() ? null : Brief.reason(prompt.toString()),
            true,
            f.id("call_id"),
            Quality.REPORTED),
        prompt.toString());
  }

  private static String shortened(StringBuilder keys) {
    return keys.substring(0, Math.min(keys.length(), 200));
  }

  private static Read toolCall(Fields f) {
    String name = f.id("function_name");
    return Read.of(
        new Fact.ToolCall(f.id("call_id"), name, args(f)), Brief.call(name, f.present("args")));
  }

  /** Arguments that are no object stand in a field of their own, as text. */
  static @Nullable String args(Fields f) {
    return f.has("args") ? f.objectPointer("args") : f.textPointer("args_text");
  }

  private static Read toolResult(Fields f) {
    String error = f.text("error");
    ToolOutcome outcome = f.word(ToolOutcome.class, "outcome");
    if (outcome == null) {
      outcome = error == null && f.isTrue("ok", true) ? ToolOutcome.OK : ToolOutcome.FAILED;
    }
    String name = f.id("function_name");
    String text = f.text("text_result");
    String pointer = text != null ? f.pointer("text_result") : f.anyPointer("result");
    return Read.of(
        new Fact.ToolResult(
            f.id("call_id"),
            name,
            outcome,
            pointer,
            Brief.reason(error),
            f.isTrue("opens", false),
            f.isTrue("tentative", false)),
        Brief.line(name, error, text));
  }

  private static Read toolError(Fields f) {
    String name = f.id("function_name");
    String pointer = f.textPointer("content");
    String content = f.text("content");
    return Read.of(
        new Fact.ToolResult(
            f.id("call_id"),
            name,
            ToolOutcome.FAILED,
            pointer,
            Brief.reason(content),
            false,
            false),
        Brief.line(name, content));
  }

  private static Read artifact(Fields f) {
    JsonNode id = f.present("id");
    String artifact = id != null && id.isIntegralNumber() ? id.asText() : f.id("id");
    String name = f.text("name");
    return Read.of(
        new Fact.ArtifactProduced(artifact, name, f.text("url"), f.text("mime_type")),
        Brief.line(name, f.text("mime_type")));
  }

  private static Read completionResult(Fields f) {
    String error = f.text("error");
    String model = f.id("model");
    return Read.of(
        new Fact.ModelResponse(
            f.id("call_id"), model, f.inside("usage").usage(), Brief.reason(error)),
        Brief.line(model, error, "CompletionResult"));
  }
}
