// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.compat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunGroups.By;
import dev.ledgerline.indexer.RunGroups.Grouping;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.audit.Graph;
import dev.ledgerline.query.audit.Graphs;
import dev.ledgerline.run.RunSummary;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The query interface of Jaeger under {@code /jaeger}: what its UI and Grafana's data source ask
 * (jaegertracing/jaeger, cmd/query/app/http_handler.go, the JSON of the UI).
 */
public final class JaegerRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(JaegerRoutes.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What Jaeger's UI asks for when it says nothing. */
  private static final int USUAL_TRACES = 20;

  private static final int MAX_TRACES = 200;
  private static final int MAX_SERVICES = 10_000;

  private static final Duration USUAL_LOOKBACK = Duration.ofDays(1);

  /** Runs of one trace. */
  private static final int MAX_RUNS = 500;

  /** Runs that one search looks at, newest first. */
  private static final int MAX_LOOKED_AT = 1_000;

  /** Go's durations: {@code 1.5s}, {@code 1m30s}, {@code 100us}. */
  private static final Pattern DURATION = Pattern.compile("([0-9.]+)(ns|us|µs|ms|s|m|h)");

  private final Runs runs;
  private final InstantSource clock;
  private final Graphs graphs;

  public JaegerRoutes(Runs runs, InstantSource clock) {
    this.runs = runs;
    this.clock = clock;
    this.graphs = new Graphs(runs);
  }

  public void register(JavalinConfig config) {
    get(config, "/jaeger/api/services", this::services);
    get(config, "/jaeger/api/services/{service}/operations", this::operationsOf);
    get(config, "/jaeger/api/operations", this::operations);
    get(config, "/jaeger/api/traces", this::traces);
    get(config, "/jaeger/api/traces/{trace}", this::trace);
    get(config, "/jaeger/api/dependencies", this::dependencies);
  }

  /** Finds what is asked for. */
  private interface Question {
    JsonNode answer(Context request) throws UnansweredException, IOException;
  }

  private void get(JavalinConfig config, String path, Question question) {
    Handler handler =
        request -> {
          try {
            if (!runs.ready()) {
              failed(request, 503, "the index is being built: " + runs.progress());
              return;
            }
            write(request, 200, data(question.answer(request)));
          } catch (UnansweredException e) {
            int status =
                switch (e.code()) {
                  case RUN_NOT_FOUND, NOT_FOUND -> 404;
                  case TIMEOUT -> 503;
                  default -> 400;
                };
            failed(request, status, String.valueOf(e.getMessage()));
          } catch (NumberFormatException e) {
            failed(request, 400, "a number is needed: " + e.getMessage());
          } catch (JsonProcessingException e) {
            failed(request, 400, "tags is no JSON object: " + e.getOriginalMessage());
          } catch (IOException | RuntimeException e) {
            LOG.error("{} failed", request.path(), e);
            failed(request, 500, "the server failed; its log says why");
          }
        };
    config.routes.get(path, handler);
  }

  private static ObjectNode data(JsonNode data) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.set("data", data);
    answer.put("total", data.size());
    answer.put("limit", 0);
    answer.put("offset", 0);
    answer.putNull("errors");
    return answer;
  }

  private static void failed(Context request, int status, String message) throws IOException {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.putNull("data");
    ObjectNode error = answer.putArray("errors").addObject();
    error.put("code", status);
    error.put("msg", message);
    write(request, status, answer);
  }

  private static void write(Context request, int status, JsonNode answer) throws IOException {
    request
        .status(status)
        .header("X-Content-Type-Options", "nosniff")
        .header("Cache-Control", "no-store")
        .contentType("application/json")
        .result(JSON.writeValueAsBytes(answer));
  }

  private JsonNode services(Context request) throws UnansweredException, IOException {
    Set<String> names = new LinkedHashSet<>();
    String cursor = null;
    do {
      Page<AgentSummary> page = runs.agents(Runs.MAX_PAGE, cursor);
      page.items().forEach(agent -> names.add(agent.agent()));
      cursor = page.next();
    } while (cursor != null && names.size() < MAX_SERVICES);
    Grouping bySource = new Grouping(By.SOURCE, null, Runs.MAX_PAGE);
    runs.groups(runs.parse("-agent:*"), bySource).groups().stream()
        .map(RunGroups.Group::key)
        .filter(Objects::nonNull)
        .forEach(names::add);
    ArrayNode services = JsonNodeFactory.instance.arrayNode();
    names.stream().sorted().forEach(services::add);
    return services;
  }

  private JsonNode operationsOf(Context request) throws UnansweredException, IOException {
    ArrayNode operations = JsonNodeFactory.instance.arrayNode();
    operationNames(request.pathParam("service")).forEach(operations::add);
    return operations;
  }

  private JsonNode operations(Context request) throws UnansweredException, IOException {
    ArrayNode operations = JsonNodeFactory.instance.arrayNode();
    String service = request.queryParam("service");
    if (service != null) {
      for (String name : operationNames(service)) {
        operations.addObject().put("name", name).put("spanKind", "internal");
      }
    }
    return operations;
  }

  /** What the agent did in its newest runs. */
  private Set<String> operationNames(String service) throws UnansweredException, IOException {
    Set<String> names = new LinkedHashSet<>();
    for (RunSummary run : found(ofService(service), USUAL_TRACES)) {
      names.addAll(drawn(JaegerTrace.idOf(run), List.of(run)).operations(service));
    }
    return names;
  }

  private JsonNode trace(Context request) throws UnansweredException, IOException {
    String id = request.pathParam("trace");
    JaegerTrace trace = trace(id);
    if (trace == null) {
      throw UnansweredException.Absent.thing("trace not found");
    }
    return JsonNodeFactory.instance.arrayNode().add(trace.json());
  }

  /** Null where there is none. */
  private @Nullable JaegerTrace trace(String id) throws UnansweredException, IOException {
    // a UI writes ids without the zeros at their beginning
    String whole = "0".repeat(Math.max(0, 32 - id.length())) + id;
    List<RunSummary> members = found("trace:" + quoted(whole), MAX_RUNS);
    return members.isEmpty() ? null : drawn(whole, members);
  }

  private JaegerTrace drawn(String id, List<RunSummary> members)
      throws UnansweredException, IOException {
    JaegerTrace trace = new JaegerTrace(id, clock.instant());
    for (RunSummary run : members) {
      trace.add(runs.skeleton(run.key()));
    }
    return trace;
  }

  private JsonNode traces(Context request) throws UnansweredException, IOException {
    List<String> asked = request.queryParams("traceID");
    ArrayNode traces = JsonNodeFactory.instance.arrayNode();
    for (String id : asked.stream().distinct().limit(MAX_TRACES).toList()) {
      JaegerTrace trace = trace(id);
      if (trace != null) {
        traces.add(trace.json());
      }
    }
    return asked.isEmpty() ? search(request, traces) : traces;
  }

  /** Adds what is found, newest first. Several runs of what was found may be of one trace. */
  private ArrayNode search(Context request, ArrayNode traces)
      throws UnansweredException, IOException {
    Query query = runs.parse(query(request));
    int limit = limit(request);
    String operation = request.queryParam("operation");
    Set<String> seen = new HashSet<>();
    String cursor = null;
    int lookedAt = 0;
    do {
      Page<RunSummary> page = runs.runs(query, RunSort.STARTED, true, MAX_TRACES, cursor);
      for (RunSummary run : page.items()) {
        String id = JaegerTrace.idOf(run);
        JaegerTrace trace = seen.add(id) ? trace(id) : null;
        if (trace != null && trace.tells(request.queryParam("service"), operation)) {
          traces.add(trace.json());
          if (traces.size() == limit) {
            return traces;
          }
        }
      }
      lookedAt += page.items().size();
      cursor = page.next();
    } while (cursor != null && lookedAt < MAX_LOOKED_AT);
    return traces;
  }

  private static int limit(Context request) {
    String limit = request.queryParam("limit");
    return limit == null || limit.isEmpty()
        ? USUAL_TRACES
        : Math.clamp(Integer.parseInt(limit), 1, MAX_TRACES);
  }

  /** What Jaeger's search means in our query language. */
  private static String query(Context request) throws IOException {
    List<String> terms = new ArrayList<>();
    String service = request.queryParam("service");
    if (service != null && !service.isEmpty()) {
      terms.add(ofService(service));
    }
    String operation = request.queryParam("operation");
    if (operation != null && operation.startsWith("execute_tool ")) {
      add(terms, "tool:", operation.substring("execute_tool ".length()));
    }
    time(terms, "started>=", request.queryParam("start"));
    time(terms, "started<=", request.queryParam("end"));
    duration(terms, "duration>=", request.queryParam("minDuration"));
    duration(terms, "duration<=", request.queryParam("maxDuration"));
    String tags = request.queryParam("tags");
    if (tags != null && !tags.isEmpty()) {
      for (Map.Entry<String, JsonNode> tag : tags(tags).entrySet()) {
        String value = tag.getValue().asText();
        switch (tag.getKey()) {
          case "error" -> terms.add(value.equals("true") ? "has:error" : "-has:error");
          case "ledgerline.run.id" -> add(terms, "run:", value);
          case "ledgerline.source" -> add(terms, "source:", value);
          case "ledgerline.run.state" -> add(terms, "state:", value);
          case "ledgerline.verdict" -> add(terms, "verdict:", value);
          case "ledgerline.task.id" -> add(terms, "task:", value);
          case "gen_ai.conversation.id" -> add(terms, "thread:", value);
          default -> terms.add(quoted(value));
        }
      }
    }
    return String.join(" ", terms);
  }

  /** A run that names no agent is of the service that is called as its source. */
  private static String ofService(String service) {
    String name = quoted(service);
    return "(agent:" + name + " OR (source:" + name + " -agent:*))";
  }

  private static Map<String, JsonNode> tags(String text) throws IOException {
    Map<String, JsonNode> tags = new LinkedHashMap<>();
    JSON.readTree(text).properties().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
    return tags;
  }

  private static void add(List<String> terms, String field, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      terms.add(field + quoted(value));
    }
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static void time(List<String> terms, String field, @Nullable String micros) {
    if (micros != null && !micros.isEmpty()) {
      terms.add(field + Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS));
    }
  }

  private static void duration(List<String> terms, String field, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return;
    }
    double millis = 0;
    Matcher part = DURATION.matcher(text);
    int end = 0;
    for (; end < text.length() && part.find(end) && part.start() == end; end = part.end()) {
      double millisPerUnit =
          switch (part.group(2)) {
            case "ns" -> 0.000_001;
            case "us", "µs" -> 0.001;
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            default -> 3_600_000;
          };
      millis += Double.parseDouble(part.group(1)) * millisPerUnit;
    }
    if (end < text.length()) {
      throw new NumberFormatException("no duration: " + text);
    }
    terms.add(field + Math.round(millis) + "ms");
  }

  private List<RunSummary> found(String query, int limit) throws UnansweredException, IOException {
    return runs.runs(runs.parse(query), RunSort.STARTED, true, limit, null).items();
  }

  /** Who handed what to whom in runs since then. */
  private JsonNode dependencies(Context request) throws UnansweredException, IOException {
    String end = request.queryParam("endTs");
    String lookback = request.queryParam("lookback");
    Instant until = end == null ? clock.instant() : Instant.ofEpochMilli(Long.parseLong(end));
    long millis = lookback == null ? USUAL_LOOKBACK.toMillis() : Long.parseLong(lookback);
    ArrayNode dependencies = JsonNodeFactory.instance.arrayNode();
    for (Graph.Edge edge : graphs.since(until.minusMillis(millis)).edges()) {
      dependencies
          .addObject()
          .put("parent", edge.from())
          .put("child", edge.to())
          .put("callCount", edge.count());
    }
    return dependencies;
  }
}
