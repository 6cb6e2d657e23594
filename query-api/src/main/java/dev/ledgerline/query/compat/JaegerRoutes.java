// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.compat;

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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

  private static final int MAX_SERVICES = 10_000;

  private static final Duration USUAL_LOOKBACK = Duration.ofDays(1);

  /** Runs that one search looks at, newest first. */
  private static final int MAX_LOOKED_AT = 1_000;

  private static final Pattern TRACE = Pattern.compile("[0-9a-fA-F]{1,32}");

  private static final String ABSENT = "trace not found";
  private static final JsonNode NONE = JsonNodeFactory.instance.nullNode();

  private final Runs runs;
  private final InstantSource clock;
  private final Graphs graphs;
  private final JaegerTraces traces;

  public JaegerRoutes(Runs runs, InstantSource clock) {
    this.runs = runs;
    this.clock = clock;
    this.graphs = new Graphs(runs);
    this.traces = new JaegerTraces(runs);
  }

  public void register(JavalinConfig config) {
    get(config, "/jaeger/api/services", this::services);
    get(config, "/jaeger/api/services/{service}/operations", this::operationsOf);
    get(config, "/jaeger/api/operations", this::operations);
    get(config, "/jaeger/api/traces", this::traces);
    get(config, "/jaeger/api/traces/{trace}", this::trace);
    get(config, "/jaeger/api/dependencies", this::dependencies);
  }

  /** What was found, and what was asked for by name and was not. */
  private record Answer(ArrayNode data, JsonNode errors) {
    Answer(ArrayNode data) {
      this(data, NONE);
    }
  }

  /** Finds what is asked for. */
  private interface Question {
    Answer answer(Context request) throws UnansweredException, IOException;
  }

  private void get(JavalinConfig config, String path, Question question) {
    Handler handler =
        request -> {
          try {
            if (!runs.ready()) {
              failed(request, 503, "the index is being built: " + runs.progress());
              return;
            }
            Answer answer = question.answer(request);
            write(request, 200, data(answer.data(), answer.errors()));
          } catch (UnansweredException e) {
            int status =
                switch (e.code()) {
                  case RUN_NOT_FOUND, NOT_FOUND -> 404;
                  case TIMEOUT -> 503;
                  default -> 400;
                };
            failed(request, status, String.valueOf(e.getMessage()));
          } catch (IOException | RuntimeException e) {
            LOG.error("{} failed", request.path(), e);
            failed(request, 500, "the server failed; its log says why");
          }
        };
    config.routes.get(path, handler);
  }

  /** What Jaeger puts around every answer. */
  private static ObjectNode data(JsonNode data, JsonNode errors) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.set("data", data);
    answer.put("total", data.size());
    answer.put("limit", 0);
    answer.put("offset", 0);
    answer.set("errors", errors);
    return answer;
  }

  private static void failed(Context request, int status, String message) throws IOException {
    ArrayNode errors = JsonNodeFactory.instance.arrayNode();
    errors.addObject().put("code", status).put("msg", message);
    write(request, status, data(NONE, errors));
  }

  private static void write(Context request, int status, JsonNode answer) throws IOException {
    request
        .status(status)
        .header("X-Content-Type-Options", "nosniff")
        .header("Cache-Control", "no-store")
        .contentType("application/json")
        .result(JSON.writeValueAsBytes(answer));
  }

  private Answer services(Context request) throws UnansweredException, IOException {
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
    return new Answer(services);
  }

  private Answer operationsOf(Context request) throws UnansweredException, IOException {
    ArrayNode operations = JsonNodeFactory.instance.arrayNode();
    operationsIn(request.pathParam("service")).keySet().forEach(operations::add);
    return new Answer(operations);
  }

  private Answer operations(Context request) throws UnansweredException, IOException {
    String service = request.queryParam("service");
    if (service == null || service.isEmpty()) {
      throw UnansweredException.Misput.request("parameter 'service' is required");
    }
    String kind = request.queryParam("spanKind");
    ArrayNode operations = JsonNodeFactory.instance.arrayNode();
    operationsIn(service)
        .forEach(
            (name, itsKind) -> {
              if (kind == null || kind.isEmpty() || kind.equals(itsKind)) {
                operations.addObject().put("name", name).put("spanKind", itsKind);
              }
            });
    return new Answer(operations);
  }

  /** What the agent did in its newest runs, and of which kind that is. */
  private Map<String, String> operationsIn(String service) throws UnansweredException, IOException {
    Map<String, String> operations = new LinkedHashMap<>();
    String query = JaegerSearch.ofService(service);
    for (RunSummary run : traces.found(query, JaegerSearch.USUAL_TRACES)) {
      operations.putAll(drawn("", List.of(run)).operations(service));
    }
    return operations;
  }

  private Answer trace(Context request) throws UnansweredException, IOException {
    String id = request.pathParam("trace");
    JaegerTrace trace = trace(id);
    if (trace == null) {
      throw UnansweredException.Absent.thing(ABSENT);
    }
    return new Answer(JsonNodeFactory.instance.arrayNode().add(trace.json()));
  }

  /** Null where there is none. */
  private @Nullable JaegerTrace trace(String id) throws UnansweredException, IOException {
    boolean usual = TRACE.matcher(id).matches();
    // a UI writes ids without the zeros at their beginning; some sources have words for ids
    String whole = usual ? "0".repeat(32 - id.length()) + id.toLowerCase(Locale.ROOT) : id;
    List<RunSummary> members = traces.members(whole);
    if (members.isEmpty() && !usual) {
      throw UnansweredException.Misput.request("a trace id is at most 32 hex digits: " + id);
    }
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

  private Answer traces(Context request) throws UnansweredException, IOException {
    List<String> asked = request.queryParams("traceID");
    return asked.isEmpty() ? search(JaegerSearch.of(request)) : named(asked);
  }

  /** Those that are not there are named, or a UI would wait for them. */
  private Answer named(List<String> asked) throws UnansweredException, IOException {
    ArrayNode found = JsonNodeFactory.instance.arrayNode();
    ArrayNode missing = JsonNodeFactory.instance.arrayNode();
    for (String id : asked.stream().distinct().limit(JaegerSearch.MAX_TRACES).toList()) {
      JaegerTrace trace = trace(id);
      if (trace != null) {
        found.add(trace.json());
      } else {
        missing.addObject().put("msg", ABSENT).put("traceID", id);
      }
    }
    return new Answer(found, missing.isEmpty() ? NONE : missing);
  }

  /** Newest first. Several runs of what is found may be of one trace. */
  private Answer search(JaegerSearch search) throws UnansweredException, IOException {
    ArrayNode found = JsonNodeFactory.instance.arrayNode();
    Query query = runs.parse(search.query());
    Set<String> seen = new HashSet<>();
    String cursor = null;
    int lookedAt = 0;
    do {
      Page<RunSummary> page =
          runs.runs(query, RunSort.STARTED, true, JaegerSearch.MAX_TRACES, cursor);
      for (RunSummary run : page.items()) {
        String id = traces.idOf(run);
        JaegerTrace trace = seen.add(id) ? trace(id) : null;
        if (trace != null && trace.tells(search)) {
          found.add(trace.json());
          if (found.size() == search.limit()) {
            return new Answer(found);
          }
        }
      }
      lookedAt += page.items().size();
      cursor = page.next();
    } while (cursor != null && lookedAt < MAX_LOOKED_AT);
    return new Answer(found);
  }

  /** Who handed what to whom in runs since then. */
  private Answer dependencies(Context request) throws UnansweredException, IOException {
    Long end = JaegerSearch.number(request, "endTs");
    Long lookback = JaegerSearch.number(request, "lookback");
    Instant until = end == null ? clock.instant() : Instant.ofEpochMilli(end);
    long millis = lookback == null ? USUAL_LOOKBACK.toMillis() : lookback;
    ArrayNode dependencies = JsonNodeFactory.instance.arrayNode();
    for (Graph.Edge edge : graphs.since(until.minusMillis(millis)).edges()) {
      dependencies
          .addObject()
          .put("parent", edge.from())
          .put("child", edge.to())
          .put("callCount", edge.count());
    }
    return new Answer(dependencies);
  }
}
