// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.event.query.Query;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.AgentThread;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader.Quarantined;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.log.Position;
import dev.ledgerline.query.EventView;
import dev.ledgerline.query.RunWait;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.Skeleton;
import dev.ledgerline.query.Status;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.UnansweredException.Misput;
import dev.ledgerline.query.audit.Audit;
import dev.ledgerline.query.audit.TaskAudit;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Transition;
import dev.ledgerline.state.Verdict;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The paths of the questions. */
public final class QueryRoutes {
  private final Runs runs;
  private final Audit audit;
  private final Supplier<List<Metric>> metrics;
  private final Supplier<List<String>> troubles;
  private final Supplier<List<ExportStatus>> exports;
  private final byte[] openApi;
  private final Questions questions;
  private final TailStream tails = new TailStream();

  /**
   * @param dialects their names in the order of detection
   * @param metrics what other parts count, read at each scrape
   * @param troubles what else keeps the server from being ready, a phrase each; empty when nothing
   *     does
   * @param exports the backends to which runs are sent on
   */
  public QueryRoutes(
      Runs runs,
      List<String> dialects,
      Supplier<List<Metric>> metrics,
      Supplier<List<String>> troubles,
      Supplier<List<ExportStatus>> exports) {
    this.runs = runs;
    this.audit = new Audit(runs);
    this.metrics = metrics;
    this.troubles = troubles;
    this.exports = exports;
    this.openApi = OpenApi.describe(dialects, runs.version());
    this.questions = new Questions(runs);
    addQuestions();
  }

  private void addQuestions() {
    questions.add("/v1/runs", this::runs);
    questions.add("/v1/runs/{run}", this::run);
    questions.add("/v1/runs/{run}/events", this::events);
    questions.add("/v1/runs/{run}/events/{seq}", this::event);
    questions.add("/v1/runs/{run}/steps", this::steps);
    questions.add("/v1/runs/{run}/skeleton", this::skeleton);
    questions.add("/v1/runs/{run}/transitions", this::transitions);
    questions.add("/v1/runs/{run}/verdict", this::verdict);
    questions.add("/v1/runs/{run}/waits", this::waitsOfRun);
    new AuditRoutes(runs, audit).register(questions::add);
    questions.add("/v1/waits", this::openWaits);
    questions.add("/v1/threads", this::threads);
    questions.add("/v1/threads/{thread}", this::thread);
    questions.add("/v1/tasks", this::tasks);
    questions.add("/v1/tasks/{task}", this::task);
    questions.add("/v1/agents", this::agents);
    questions.add("/v1/agents/{agent}", this::agent);
    questions.add("/v1/events", this::eventsWithoutRun);
    questions.add("/v1/search", this::search);
    questions.add("/v1/quarantine", this::quarantine);
    questions.add("/v1/quarantine/{id}", this::quarantined);
  }

  /** The same questions for who does not ask by HTTP. */
  public Questions questions() {
    return questions;
  }

  public void register(JavalinConfig config) {
    config.events.serverStopping(tails::stop); // a tail has no end of its own to wait for
    RoutesConfig routes = config.routes;
    questions.forEach((path, question) -> get(routes, path, question(question)));
    get(routes, "/v1/tail", guarded(this::tail));
    get(routes, "/v1/status", guarded(this::status));
    get(routes, "/health", guarded(QueryRoutes::health));
    get(routes, "/ready", guarded(this::ready));
    get(routes, "/metrics", guarded(this::metrics));
    get(
        routes,
        "/openapi.json",
        request -> Replies.reply(request, 200, "application/json", openApi));
  }

  /** HEAD is asked like GET; the server would answer 200 to it by itself, whatever GET says. */
  private static void get(RoutesConfig routes, String path, Handler handler) {
    routes.get(path, handler);
    routes.head(path, handler);
  }

  /** Handles a request in full. */
  private interface Exchange {
    void handle(Context request) throws UnansweredException, IOException, InterruptedException;
  }

  /** A question that needs the whole record: it is refused while an index is still rebuilt. */
  private Handler question(Questions.Question question) {
    return guarded(
        request -> {
          if (!runs.ready()) {
            Replies.later(request, "not_ready", behind());
            return;
          }
          Ask ask = new Ask(request);
          ask.awaitPosition(runs);
          Replies.json(request, question.answer(ask));
        });
  }

  private static Handler guarded(Exchange exchange) {
    return request -> {
      try {
        Ask.mustBeReadable(request);
        exchange.handle(request);
      } catch (UnansweredException e) {
        Replies.unanswered(request, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        Replies.later(request, "not_ready", "the server is stopping");
      } catch (IOException | RuntimeException e) {
        Replies.failed(request, e);
      }
    };
  }

  private JsonOut.Body runs(Ask ask) throws UnansweredException, IOException {
    Query query = runs.parse(ask.text("q"));
    Ask.Sorting sorting = ask.sorting();
    return page(
        query,
        runs.runs(query, sorting.by(), sorting.descending(), ask.limit(), ask.cursor()),
        RunJson::write);
  }

  private JsonOut.Body run(Ask ask) throws UnansweredException, IOException {
    RunSummary run = summary(ask);
    return out -> RunJson.write(out, run);
  }

  private JsonOut.Body events(Ask ask) throws UnansweredException, IOException {
    EventJson shape = ask.yes("payload") ? EventJson.WITH_PAYLOAD : EventJson.PLAIN;
    Page<EventView> events =
        runs.events(key(ask), ask.number("after", 0), ask.kinds(), ask.limit(), ask.cursor());
    return page(events, shape);
  }

  private JsonOut.Body event(Ask ask) throws UnansweredException, IOException {
    EventView event = runs.event(key(ask), ask.pathNumber("seq"));
    return out -> EventJson.WHOLE.write(out, event);
  }

  private JsonOut.Body steps(Ask ask) throws UnansweredException, IOException {
    return page(
        ListPart.of(runs.steps(key(ask)), Step::id, ask.limit(), ask.cursor()), StepJson::write);
  }

  private JsonOut.Body skeleton(Ask ask) throws UnansweredException, IOException {
    Skeleton skeleton = runs.skeleton(key(ask));
    return out -> SkeletonJson.write(out, skeleton);
  }

  private JsonOut.Body transitions(Ask ask) throws UnansweredException, IOException {
    return page(
        ListPart.of(runs.transitions(key(ask)), QueryRoutes::name, ask.limit(), ask.cursor()),
        TransitionJson::write);
  }

  /** One event changes one entity once. */
  private static String name(Transition change) {
    return change.seq() + " " + change.entity() + " " + change.entityId() + " " + change.to();
  }

  private JsonOut.Body verdict(Ask ask) throws UnansweredException, IOException {
    Verdict verdict = runs.verdict(key(ask));
    return out -> VerdictJson.write(out, verdict);
  }

  private JsonOut.Body waitsOfRun(Ask ask) throws UnansweredException, IOException {
    return page(
        ListPart.of(
            runs.waits(key(ask)),
            waiting -> waiting.interval().openedSeq() + " " + waiting.interval().id(),
            ask.limit(),
            ask.cursor()),
        WaitJson.at(runs.now()));
  }

  private JsonOut.Body openWaits(Ask ask) throws UnansweredException, IOException {
    String state = ask.text("state");
    if (state != null && !state.equals("open")) {
      throw Misput.request("state can only be open; /v1/runs/{run}/waits has all waits of a run");
    }
    Page<RunWait> open = runs.openWaits(ask.limit(), ask.cursor());
    return page(open, WaitJson.at(runs.now()));
  }

  private JsonOut.Body threads(Ask ask) throws UnansweredException, IOException {
    return page(runs.threads(ask.limit(), ask.cursor()), ThreadJson::write);
  }

  private JsonOut.Body thread(Ask ask) throws UnansweredException, IOException {
    AgentThread thread = runs.thread(ask.path("thread"));
    Page<RunSummary> part = runs.runsOfThread(thread.id(), ask.limit(Runs.MAX_PAGE), ask.cursor());
    return out -> ThreadJson.write(out, thread, part);
  }

  private JsonOut.Body tasks(Ask ask) throws UnansweredException, IOException {
    return page(runs.tasks(ask.limit(), ask.cursor()), TaskJson::write);
  }

  private JsonOut.Body task(Ask ask) throws UnansweredException, IOException {
    Task task = runs.task(ask.path("task"), ask.text("source"));
    TaskAudit books = audit.task(task);
    Page<RunSummary> part = runs.runsOfTask(task.id(), ask.limit(Runs.MAX_PAGE), ask.cursor());
    return out -> TaskJson.write(out, task, books, part, runs.now());
  }

  private JsonOut.Body agents(Ask ask) throws UnansweredException, IOException {
    return page(runs.agents(ask.limit(), ask.cursor()), AgentJson::write);
  }

  private JsonOut.Body agent(Ask ask) throws UnansweredException, IOException {
    AgentSummary agent = runs.agent(ask.path("agent"), ask.text("source"));
    Page<RunSummary> part = runs.runsOfAgent(agent, ask.limit(Runs.MAX_PAGE), ask.cursor());
    return out -> AgentJson.write(out, agent, part);
  }

  private JsonOut.Body eventsWithoutRun(Ask ask) throws UnansweredException, IOException {
    if (!"none".equals(ask.text("run"))) {
      throw Misput.request("say run=none; the events of a run are at /v1/runs/{run}/events");
    }
    EventJson shape = ask.yes("payload") ? EventJson.WITH_PAYLOAD : EventJson.PLAIN;
    return page(runs.eventsWithoutRun(ask.limit(), ask.cursor()), shape);
  }

  private JsonOut.Body search(Ask ask) throws UnansweredException, IOException {
    Query query = runs.parse(ask.text("q"));
    return page(query, runs.search(query, ask.limit(), ask.cursor()), HitJson::write);
  }

  private JsonOut.Body quarantine(Ask ask) throws UnansweredException, IOException {
    String state = ask.text("state");
    if (state != null && !state.equals("open") && !state.equals("replayed")) {
      throw Misput.request("state must be open or replayed");
    }
    Page<Quarantined> page = runs.quarantine(state, ask.limit(), ask.cursor());
    return page(page, QuarantineJson::write);
  }

  private JsonOut.Body quarantined(Ask ask) throws UnansweredException, IOException {
    Quarantined found = runs.quarantined(ask.path("id"));
    return out -> QuarantineJson.write(out, found);
  }

  /** {@code Last-Event-ID} wins over {@code since}: a browser that resumes sends both. */
  private void tail(Context request) throws UnansweredException, IOException {
    Ask ask = new Ask(request);
    Query query = runs.parse(ask.text("q"));
    Position resume = Ask.position("Last-Event-ID", lastEventId(request));
    Position since = resume == null ? ask.position("since") : resume;
    if (request.method().equals(HandlerType.HEAD)) {
      return; // there is no end to wait for
    }
    tails.stream(request, () -> runs.tail(query, since));
  }

  private static @Nullable String lastEventId(Context request) {
    String id = request.header("Last-Event-ID");
    return id == null || id.isEmpty() ? null : id;
  }

  private void status(Context request)
      throws UnansweredException, IOException, InterruptedException {
    new Ask(request).awaitPosition(runs);
    Status status = runs.status();
    Replies.json(request, out -> StatusJson.write(out, status, exports.get()));
  }

  private static void health(Context request) throws IOException {
    Replies.json(request, out -> out.object(o -> o.text("status", "alive")));
  }

  private void ready(Context request) throws IOException {
    List<String> behind = new ArrayList<>(troubles.get());
    if (!runs.ready()) {
      behind.add(behind());
    }
    if (behind.isEmpty()) {
      Replies.json(request, out -> out.object(o -> o.text("status", "ready")));
    } else {
      Replies.later(request, "not_ready", String.join("; ", behind));
    }
  }

  private String behind() {
    return "the index is being built from the log: " + runs.progress();
  }

  private void metrics(Context request) throws IOException {
    List<Metric> all = new ArrayList<>(PrometheusText.of(runs.status()));
    all.add(
        Metric.of(
            "ledgerline_tails",
            Metric.Type.GAUGE,
            "Connections that follow the log.",
            tails.open()));
    all.addAll(metrics.get());
    Replies.reply(
        request,
        200,
        PrometheusText.MEDIA_TYPE,
        PrometheusText.of(all).getBytes(StandardCharsets.UTF_8));
  }

  private RunSummary summary(Ask ask) throws UnansweredException, IOException {
    return runs.run(ask.path("run"), ask.text("source"));
  }

  private RunKey key(Ask ask) throws UnansweredException, IOException {
    return summary(ask).key();
  }

  private static <T> JsonOut.Body page(Page<T> page, JsonOut.Shape<? super T> shape) {
    return out ->
        out.object(o -> o.list("items", page.items(), shape).text("next_cursor", page.next()));
  }

  private static <T> JsonOut.Body page(Query query, Page<T> page, JsonOut.Shape<? super T> shape) {
    return out ->
        out.object(
            o ->
                o.list("items", page.items(), shape)
                    .text("next_cursor", page.next())
                    .text("query", query.toString()));
  }
}
