// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.event.Word;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.UnansweredException.Misput;
import dev.ledgerline.query.answer.Answer;
import dev.ledgerline.query.answer.Answers;
import dev.ledgerline.query.answer.UndeliveredException;
import dev.ledgerline.run.RunSummary;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The path on which a wait is answered. */
public final class AnswerRoutes {
  /** What people say to an agent; more belongs into a file that they name. */
  private static final int MAX_BODY_BYTES = 1 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Runs runs;
  private final Answers answers;
  private final Function<Context, @Nullable String> keyName;

  /**
   * @param keyName the name of the API key of a request, null where none was asked for
   */
  public AnswerRoutes(Runs runs, Answers answers, Function<Context, @Nullable String> keyName) {
    this.runs = runs;
    this.answers = answers;
    this.keyName = keyName;
  }

  public void register(JavalinConfig config) {
    config.routes.post("/v1/runs/{run}/waits/{wait}/answer", this::answer);
  }

  private void answer(Context request) throws IOException {
    try {
      Ask ask = new Ask(request);
      JsonNode body = body(request);
      RunSummary run = runs.run(ask.path("run"), ask.text("source"));
      Answers.Delivered done =
          answers.answer(
              run, ask.path("wait"), read(request, body), body.path("again").asBoolean());
      Replies.json(
          request,
          out ->
              out.object(
                  o ->
                      o.text("run_id", run.key().run())
                          .text("wait_id", done.waited().interval().id())
                          .number("status", done.status())
                          .text("position", done.position())));
    } catch (UnansweredException e) {
      Replies.unanswered(request, e);
    } catch (UndeliveredException e) {
      switch (e.why()) {
        case UNANSWERABLE -> Replies.error(request, 400, "bad_request", e.getMessage());
        case CONFLICT -> Replies.error(request, 409, "conflict", e.getMessage());
        case REFUSED -> Replies.error(request, 502, "undelivered", e.getMessage());
        case UNKNOWN -> Replies.error(request, 504, "timeout", e.getMessage());
      }
    } catch (IntakeUnavailableException e) {
      Replies.later(request, e.reason().word(), String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Replies.later(request, "not_ready", "the server is stopping");
    } catch (IOException | RuntimeException e) {
      Replies.failed(request, e);
    }
  }

  private static JsonNode body(Context request) throws IOException, Misput {
    byte[] bytes = request.bodyInputStream().readNBytes(MAX_BODY_BYTES + 1);
    if (bytes.length > MAX_BODY_BYTES) {
      throw Misput.request("an answer has at most " + MAX_BODY_BYTES + " bytes");
    }
    try {
      JsonNode body = JSON.readTree(bytes);
      if (body != null && body.isObject()) {
        return body;
      }
    } catch (JacksonException e) {
      // said below
    }
    throw Misput.request("an answer is an object: {\"outcome\", \"answer\", \"by\", \"again\"}");
  }

  /** Who has a key says it under its name, whatever the body says. */
  private Answer read(Context request, JsonNode body) throws Misput {
    WaitOutcome outcome = Word.of(WaitOutcome.class, body.path("outcome").asText());
    if (outcome == null || !Answer.OUTCOMES.contains(outcome)) {
      List<String> words = Answer.OUTCOMES.stream().map(Word::word).sorted().toList();
      throw Misput.request("outcome is one of " + String.join(", ", words));
    }
    JsonNode value = body.get("answer");
    String key = keyName.apply(request);
    String by = key != null ? key : body.path("by").asText();
    return new Answer(
        outcome, value == null || value.isNull() ? null : value, by.isEmpty() ? "operator" : by);
  }
}
