// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.event.Word;
import dev.ledgerline.query.RunWait;
import dev.ledgerline.run.RunSummary;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where answers for the runs of a source go.
 *
 * @param source {@code *} for all
 * @param url in which {@code {run}}, {@code {thread}}, {@code {agent}} and {@code {wait}} stand for
 *     what they name
 * @param headers sent with it, secrets among them
 */
record WayBack(String source, Form form, String url, Map<String, String> headers) {

  /** What the receiver understands. */
  enum Form implements Word {
    /** {@code ResumeWithInput} of the Agent Protocol (README, Requests). */
    AGENT_PROTOCOL,
    /** {@code resume} with the token of the {@code yield_to_human}, as the articles tell it. */
    SYMPHONY_ARTICLE,
    /** What waits and what is said, in our own words. */
    WEBHOOK
  }

  boolean leadsTo(RunSummary run) {
    return source.equals("*") || source.equals(run.key().source());
  }

  URI address(RunWait wait) {
    RunSummary run = wait.run();
    String agent = wait.interval().agent() != null ? wait.interval().agent() : run.agent();
    return URI.create(
        url.replace("{run}", encoded(run.key().run()))
            .replace("{thread}", encoded(run.thread()))
            .replace("{agent}", encoded(agent))
            .replace("{wait}", encoded(wait.interval().id())));
  }

  private static String encoded(@Nullable String id) {
    return id == null ? "" : URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Why that cannot be said this way; null where it can. */
  @Nullable String objection(Answer answer, @Nullable String token) {
    return switch (form) {
      case AGENT_PROTOCOL ->
          answer.outcome() == WaitOutcome.ANSWERED
                  && answer.value() != null
                  && answer.value().isObject()
              ? null
              : "the Agent Protocol is answered with outcome answered and an object of the keys"
                  + " that it asked for";
      case SYMPHONY_ARTICLE ->
          token != null
              ? null
              : "the resume token of this wait was not kept, or is not the only one";
      case WEBHOOK -> null;
    };
  }

  /**
   * The body of the request.
   *
   * @param token of the wait; only where the form needs it
   */
  ObjectNode body(RunWait wait, Answer answer, @Nullable String token) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    JsonNode value = answer.value() == null ? JsonNodeFactory.instance.nullNode() : answer.value();
    RunSummary run = wait.run();
    switch (form) {
      case AGENT_PROTOCOL -> {
        body.put("type", "ResumeWithInput");
        body.put("run_id", run.key().run());
        if (run.thread() != null) {
          body.put("thread_id", run.thread());
        }
        body.set("request_keys", value);
      }
      case SYMPHONY_ARTICLE -> {
        body.put("symphony_event", "resume");
        body.put("resume_token", token);
        body.put("decision", decision(answer.outcome()));
        body.put("resolved_by", answer.by());
        if (answer.value() != null) {
          body.set("input", value);
        }
      }
      case WEBHOOK -> {
        body.put("source", run.key().source());
        body.put("run_id", run.key().run());
        body.put("thread_id", run.thread());
        body.put("task_id", run.task());
        body.put("wait_id", wait.interval().id());
        body.put("kind", wait.interval().kind().word());
        body.put("prompt", wait.interval().prompt());
        body.put("outcome", answer.outcome().word());
        body.set("answer", value);
        body.put("by", answer.by());
      }
    }
    return body;
  }

  private static String decision(WaitOutcome outcome) {
    return outcome == WaitOutcome.DENIED ? "rejected" : outcome.word();
  }
}
