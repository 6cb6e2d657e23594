// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.log.Position;
import dev.ledgerline.query.EventView;
import dev.ledgerline.query.RunWait;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.answer.UndeliveredException.Why;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers what waits: records the answer as an event, delivers it, records what came of it. What
 * was recorded decides, so an answer goes out once even if the process dies in between: the n-th
 * try to answer a wait is the event {@code answer:<wait>:<n>}, its end {@code answered:<wait>:<n>}
 * or {@code unanswered:<wait>:<n>}, and a try without an end is never repeated by itself.
 *
 * <p>Safe for many threads; answers are given one at a time, people being slow.
 */
public final class Answers implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final int MAX_RESPONSE_BYTES = 64 << 10;
  private static final String DIALECT = "agent-protocol";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Runs runs;
  private final Intake intake;
  private final WaysBack ways;
  private final Function<String, @Nullable String> tokens;
  private final InstantSource clock;
  private final HttpClient http;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  /** The newest event of ours; guarded by the lock. */
  private @Nullable Position recorded;

  /**
   * @param tokens the resume token of a wait, null where it is not known
   */
  public Answers(
      Runs runs,
      Intake intake,
      WaysBack ways,
      Function<String, @Nullable String> tokens,
      InstantSource clock) {
    this.runs = runs;
    this.intake = intake;
    this.ways = ways;
    this.tokens = tokens;
    this.clock = clock;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER) // the answer is for whom we know
            .build();
  }

  /** What an answer led to. */
  public record Delivered(RunWait waited, int status, String position) {}

  /** Whether a wait of that run could be answered from here. */
  public boolean canAnswer(RunSummary run) {
    return ways.to(run) != null;
  }

  /**
   * Answers a wait.
   *
   * @param again also where nobody knows whether an earlier answer got there
   * @throws UndeliveredException it did not get there; what was tried is recorded
   */
  public Delivered answer(RunSummary run, String waitId, Answer answer, boolean again)
      throws UnansweredException,
          UndeliveredException,
          IntakeUnavailableException,
          IOException,
          InterruptedException {
    oneAtATime.lockInterruptibly();
    try {
      seeWhatWasRecorded();
      RunWait wait = open(run, waitId);
      WayBack way = ways.to(run);
      if (way == null) {
        throw new UndeliveredException(
            Why.UNANSWERABLE,
            "no way back to source " + run.key().source() + " is configured; see docs/answers.md");
      }
      String token = tokens.apply(waitId);
      String objection = way.objection(answer, token);
      if (objection != null) {
        throw new UndeliveredException(Why.UNANSWERABLE, objection);
      }
      return deliver(way, wait, answer, token, nextTry(wait, again));
    } finally {
      oneAtATime.unlock();
    }
  }

  private RunWait open(RunSummary run, String waitId)
      throws UnansweredException, UndeliveredException, IOException {
    List<RunWait> known =
        runs.waits(run.key()).stream().filter(w -> w.interval().id().equals(waitId)).toList();
    if (known.isEmpty()) {
      throw UnansweredException.Absent.thing(
          "run " + run.key().run() + " has no wait with id " + waitId);
    }
    RunWait newest = known.getLast();
    if (!newest.interval().open()) {
      throw new UndeliveredException(Why.CONFLICT, "this wait is over already");
    }
    return newest;
  }

  /** The number of the try to come. A wait of the same id that was opened again counts anew. */
  private int nextTry(RunWait wait, boolean again)
      throws UnansweredException, UndeliveredException, IOException {
    String id = wait.interval().id();
    int tries = 0;
    boolean ended = true;
    String cursor = null;
    do {
      var page =
          runs.events(
              wait.run().key(),
              0,
              EnumSet.of(Kind.CONTROL, Kind.WAIT_RESOLVED, Kind.ERROR),
              Runs.MAX_PAGE,
              cursor);
      for (EventView event : page.items()) {
        String own = event.event().nativeId();
        if (own == null) {
          continue;
        }
        if (own.equals("answer:" + id + ":" + (tries + 1))) {
          tries++;
          ended = false;
        } else if (own.equals("answered:" + id + ":" + tries)
            || own.equals("unanswered:" + id + ":" + tries)) {
          ended = true;
        }
      }
      cursor = page.next();
    } while (cursor != null);
    if (!ended && !again) {
      throw new UndeliveredException(
          Why.CONFLICT,
          "an answer was sent and nobody knows whether it got there; again=true sends another");
    }
    return tries + 1;
  }

  private Delivered deliver(
      WayBack way, RunWait wait, Answer answer, @Nullable String token, int number)
      throws UndeliveredException,
          IntakeUnavailableException,
          UnansweredException,
          IOException,
          InterruptedException {
    String id = wait.interval().id() + ":" + number;
    ObjectNode asked = event(wait, "answer:" + id, "Control");
    asked.put("action", "answer");
    asked.put("wait_id", wait.interval().id());
    asked.put("outcome", answer.outcome().word());
    asked.put("by", answer.by());
    asked.set("answer", answer.value());
    record(wait, asked);
    HttpResponse<InputStream> response;
    try {
      response =
          http.send(
              request(way, wait, answer, token, id), HttpResponse.BodyHandlers.ofInputStream());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      failed(wait, "unanswered:" + id, "the receiver cannot be reached");
      throw new UndeliveredException(Why.REFUSED, "the receiver cannot be reached");
    } catch (IOException e) {
      String unknown = "it was sent, and no answer came; it may have got there";
      failed(wait, "unheard:" + id, unknown);
      throw new UndeliveredException(Why.UNKNOWN, unknown);
    }
    int status = response.statusCode();
    try (InputStream body = response.body()) {
      body.readNBytes(MAX_RESPONSE_BYTES); // what it says is not for us, but it may say it
    } catch (IOException e) {
      // the status has come, and it decides
    }
    if (status < 200 || status > 299) {
      failed(wait, "unanswered:" + id, "the receiver answered " + status);
      throw new UndeliveredException(Why.REFUSED, "the receiver answered " + status);
    }
    ObjectNode resolved = event(wait, "answered:" + id, "WaitResolved");
    resolved.put("wait_id", wait.interval().id());
    resolved.put("outcome", answer.outcome().word());
    resolved.put("resolved_by", answer.by());
    String position = record(wait, resolved);
    return new Delivered(wait, status, position);
  }

  private static HttpRequest request(
      WayBack way, RunWait wait, Answer answer, @Nullable String token, String id)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(way.address(wait))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", idempotencyKey(wait, id))
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    JSON.writeValueAsBytes(way.body(wait, answer, token))));
    way.headers().forEach(request::setHeader);
    return request.build();
  }

  /** The same for the same try, and within what a header may hold. */
  private static String idempotencyKey(RunWait wait, String id) {
    String name = wait.run().key().source() + "\n" + wait.run().key().run() + "\n" + id;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private void failed(RunWait wait, String eventId, String why)
      throws IntakeUnavailableException, IOException, InterruptedException {
    ObjectNode failed = event(wait, eventId, "Error");
    failed.put("category", "transport");
    failed.put("message", "the answer was not delivered: " + why);
    record(wait, failed);
  }

  private ObjectNode event(RunWait wait, String id, String type) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("type", type);
    event.put("id", id);
    event.put("run_id", wait.run().key().run());
    event.put("timestamp", clock.instant().toString());
    return event;
  }

  /** Stores an event of the run that waits; its position. */
  private String record(RunWait wait, JsonNode event)
      throws IntakeUnavailableException, IOException, InterruptedException {
    Instant now = clock.instant();
    Context context =
        new Context(wait.run().key().source(), null, null, null, null, null, null, now);
    Receipt receipt = intake.take(DIALECT, List.of(JSON.writeValueAsBytes(event)), context);
    if (receipt.rejected() > 0) {
      throw new IOException("the event was refused: " + receipt.errors().getFirst().rejection());
    }
    recorded = Position.parse(receipt.position());
    return receipt.position();
  }

  /** This try has to see the one before. */
  private void seeWhatWasRecorded() throws UnansweredException, InterruptedException {
    Position last = recorded;
    if (last != null) {
      runs.awaitPosition(last);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
