// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.mcp;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.http.Questions;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Model Context Protocol over streamable HTTP (modelcontextprotocol.io, revisions 2025-03-26 to
 * 2026-07-28), without sessions and without streams: each request is answered with one JSON object.
 */
public final class McpRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(McpRoutes.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** The newest last; who asks for another is offered {@link #OFFERED}. */
  private static final List<String> REVISIONS =
      List.of("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28");

  private static final String OFFERED = "2025-11-25";
  private static final int MAX_REQUEST_BYTES = 1 << 20;

  /** More does not fit into the mind of who asks; a narrower question does. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private static final String USUAL_LIMIT = "20";

  private final Questions questions;
  private final String version;
  private final Map<String, Tool> tools = new HashMap<>();

  public McpRoutes(Questions questions, String version) {
    this.questions = questions;
    this.version = version;
    for (Tool tool : Tool.ALL) {
      tools.put(tool.name(), tool);
    }
  }

  public void register(JavalinConfig config) {
    config.routes.post("/mcp", this::post);
  }

  private void post(Context request) throws IOException {
    byte[] body = request.bodyInputStream().readNBytes(MAX_REQUEST_BYTES + 1);
    JsonNode message = null;
    try {
      message = body.length > MAX_REQUEST_BYTES ? null : JSON.readTree(body);
    } catch (JacksonException e) {
      reply(request, 400, error(NODES.nullNode(), -32_700, "not JSON"));
      return;
    }
    if (message == null || !message.isObject() || !message.path("method").isTextual()) {
      reply(request, 400, error(NODES.nullNode(), -32_600, "one JSON-RPC message is needed"));
      return;
    }
    JsonNode id = message.get("id");
    if (id == null) {
      request.status(202); // a notification; nothing follows from it here
      return;
    }
    reply(request, 200, answer(id, message.path("method").asText(), message.path("params")));
  }

  private static void reply(Context request, int status, JsonNode answer) throws IOException {
    request
        .status(status)
        .header("X-Content-Type-Options", "nosniff")
        .header("Cache-Control", "no-store")
        .contentType("application/json")
        .result(JSON.writeValueAsBytes(answer));
  }

  private ObjectNode answer(JsonNode id, String method, JsonNode params) {
    return switch (method) {
      case "initialize" -> result(id, hello(params.path("protocolVersion").asText()));
      case "ping" -> result(id, NODES.objectNode());
      case "tools/list" -> result(id, list());
      case "tools/call" -> call(id, params);
      default -> error(id, -32_601, "no method " + method);
    };
  }

  private ObjectNode hello(String asked) {
    ObjectNode hello = NODES.objectNode();
    hello.put("protocolVersion", REVISIONS.contains(asked) ? asked : OFFERED);
    hello.putObject("capabilities").putObject("tools").put("listChanged", false);
    hello.putObject("serverInfo").put("name", "ledgerline").put("version", version);
    hello.put(
        "instructions",
        "Ledgerline records what agents do. Begin with find_runs or open_waits; why_is_it_stuck"
            + " says who must act; run_steps and run_events show what happened.");
    return hello;
  }

  private ObjectNode list() {
    ObjectNode list = NODES.objectNode();
    ArrayNode all = list.putArray("tools");
    Tool.ALL.forEach(tool -> all.add(tool.json()));
    return list;
  }

  private ObjectNode call(JsonNode id, JsonNode params) {
    Tool tool = tools.get(params.path("name").asText());
    if (tool == null) {
      return error(id, -32_602, "no tool " + params.path("name").asText());
    }
    Map<String, String> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> argument : params.path("arguments").properties()) {
      if (!tool.arguments().contains(argument.getKey())) {
        return error(
            id, -32_602, tool.name() + " takes " + String.join(", ", tool.arguments()));
      }
      if (!argument.getValue().isNull()) {
        values.put(argument.getKey(), argument.getValue().asText());
      }
    }
    if (tool.arguments().contains("limit")) {
      values.putIfAbsent("limit", USUAL_LIMIT);
    }
    try {
      byte[] answer = questions.answer(tool.path(), values);
      if (answer.length > MAX_ANSWER_BYTES) {
        return result(
            id, said("the answer has " + answer.length + " bytes; ask for less", null, true));
      }
      return result(
          id, said(new String(answer, StandardCharsets.UTF_8), JSON.readTree(answer), false));
    } catch (UnansweredException e) {
      return result(id, said(String.valueOf(e.getMessage()), null, true));
    } catch (IOException | RuntimeException e) {
      LOG.error("{} failed", tool.name(), e);
      return error(id, -32_603, "the server failed; its log says why");
    }
  }

  private static ObjectNode said(String text, @Nullable JsonNode structured, boolean isError) {
    ObjectNode result = NODES.objectNode();
    result.putArray("content").addObject().put("type", "text").put("text", text);
    if (structured != null) {
      result.set("structuredContent", structured);
    }
    result.put("isError", isError);
    return result;
  }

  private static ObjectNode result(JsonNode id, ObjectNode result) {
    ObjectNode answer = NODES.objectNode();
    answer.put("jsonrpc", "2.0");
    answer.set("id", id);
    answer.set("result", result);
    return answer;
  }

  private static ObjectNode error(JsonNode id, int code, String message) {
    ObjectNode answer = NODES.objectNode();
    answer.put("jsonrpc", "2.0");
    answer.set("id", id);
    answer.putObject("error").put("code", code).put("message", message);
    return answer;
  }
}
