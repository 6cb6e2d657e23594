// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches of records until a server has answered for good, and counts what became of them.
 * The number of the first record makes it safe to send a batch again. Used by one thread.
 */
final class Shipper {
  /** What is done while an answer or the server is waited for; often and quickly. */
  interface Meanwhile {
    void look() throws IOException, InterruptedException;
  }

  /** Rejections that are printed one by one. */
  private static final int COMPLAINTS = 20;

  private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(60);
  private static final int LOOK_MILLIS = 50;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Api api;
  private final String path;
  private final Map<String, @Nullable String> headers;
  private final PrintWriter err;
  private final Duration giveUpAfter;
  private final Meanwhile meanwhile;

  private long sent;
  private long stored;
  private long duplicates;
  private long rejected;

  /**
   * A shipper that has sent nothing.
   *
   * @param path of the interface that takes the records
   * @param headers that go with each request
   * @param giveUpAfter how long the server may be away
   */
  Shipper(
      Api api,
      String path,
      Map<String, @Nullable String> headers,
      PrintWriter err,
      Duration giveUpAfter,
      Meanwhile meanwhile) {
    this.api = api;
    this.path = path;
    this.headers = headers;
    this.err = err;
    this.giveUpAfter = giveUpAfter;
    this.meanwhile = meanwhile;
  }

  /**
   * Sends records; when this returns, the server has each of them or has said why it does not want
   * it.
   *
   * @param name of their log, for complaints; empty where there is only one
   * @throws Failure the server does not want any of it, or was away too long
   */
  void send(String name, String stream, long first, List<byte[]> records)
      throws IOException, InterruptedException {
    deliver(name, stream, first, records);
    sent += records.size();
  }

  private void deliver(String name, String stream, long first, List<byte[]> records)
      throws IOException, InterruptedException {
    byte[] body = body(records);
    Map<String, @Nullable String> all = new HashMap<>(headers);
    all.put("Content-Type", isJson(records) ? "application/x-ndjson" : "text/plain");
    all.put("Ledgerline-Stream", Api.encode(stream));
    all.put("Ledgerline-Offset", Long.toString(first));
    Backoff backoff = new Backoff();
    @Nullable Instant awaySince = null;
    while (true) {
      Duration pause = Duration.ZERO;
      String trouble;
      try {
        HttpResponse<byte[]> answer = post(all, body);
        int status = answer.statusCode();
        if (status == 202 || status == 207) {
          count(name, first, JSON.readTree(answer.body()));
          return;
        }
        trouble = message(answer);
        if (status == 413 || status == 400) {
          // one record may be what it does not want; the others need not suffer
          if (records.size() > 1) {
            int half = records.size() / 2;
            deliver(name, stream, first, records.subList(0, half));
            deliver(name, stream, first + half, records.subList(half, records.size()));
            return;
          }
          complain(name, first, trouble);
          rejected++;
          return;
        }
        if (status != 429 && status < 500) {
          throw Failure.usage("the server refuses what is shipped (" + status + "): " + trouble);
        }
        pause = retryAfter(answer);
      } catch (ExecutionException e) {
        trouble = "the server does not answer";
      }
      Instant now = Instant.now();
      if (awaySince == null) {
        awaySince = now;
        err.println("ledgerline: " + Visible.line(trouble) + "; trying again, nothing is lost");
        err.flush();
      } else if (Duration.between(awaySince, now).compareTo(giveUpAfter) >= 0) {
        throw Failure.unreachable(
            trouble + "; gave up after " + sent + " records, stream " + stream);
      }
      sleep(backoff.next(pause));
    }
  }

  private HttpResponse<byte[]> post(Map<String, @Nullable String> headers, byte[] body)
      throws ExecutionException, IOException, InterruptedException {
    FutureTask<HttpResponse<byte[]>> answer = new FutureTask<>(() -> api.post(path, headers, body));
    Thread.ofVirtual().name("ship").start(answer);
    try {
      while (true) {
        try {
          return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          meanwhile.look();
        }
      }
    } finally {
      answer.cancel(true);
    }
  }

  private void sleep(Duration pause) throws IOException, InterruptedException {
    long end = System.nanoTime() + pause.toNanos();
    for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
      Thread.sleep(Duration.ofNanos(Math.min(left, LOOK_MILLIS * 1_000_000L)));
      meanwhile.look();
    }
  }

  /** Lines of text are no JSON; between them, lines that are will be read as such all the same. */
  private static boolean isJson(List<byte[]> records) {
    return records.stream().allMatch(record -> record[0] == '{');
  }

  private static byte[] body(List<byte[]> records) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] record : records) {
      body.writeBytes(record);
      body.write('\n');
    }
    return body.toByteArray();
  }

  private void count(String name, long first, JsonNode receipt) {
    stored += receipt.path("stored").asLong();
    duplicates += receipt.path("duplicates").asLong();
    for (JsonNode error : receipt.path("errors")) {
      complain(
          name,
          first + error.path("index").asLong(),
          error.path("code").asText() + ": " + error.path("message").asText());
      rejected++;
    }
  }

  private void complain(String name, long record, String why) {
    if (rejected < COMPLAINTS) {
      String of = name.isEmpty() ? "" : Visible.line(name) + ": ";
      err.println("ledgerline: " + of + "record " + record + " rejected: " + Visible.line(why));
      err.flush();
    }
  }

  private static String message(HttpResponse<byte[]> answer) throws IOException {
    try {
      return JSON.readTree(answer.body())
          .at("/error/message")
          .asText("the server answered " + answer.statusCode());
    } catch (JsonProcessingException e) {
      return "the server answered " + answer.statusCode();
    }
  }

  private static Duration retryAfter(HttpResponse<byte[]> answer) {
    try {
      long seconds = Long.parseLong(answer.headers().firstValue("Retry-After").orElse("0").strip());
      return Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST_RETRY_AFTER.toSeconds()));
    } catch (NumberFormatException e) {
      return Duration.ZERO; // a date; the usual pause will do
    }
  }

  long sent() {
    return sent;
  }

  long rejected() {
    return rejected;
  }

  /** For people. */
  String summary() {
    return "%d records: %d stored, %d stored before, %d rejected"
        .formatted(sent, stored, duplicates, rejected);
  }

  /** For programs. */
  JsonNode json() {
    return JSON.createObjectNode()
        .put("records", sent)
        .put("stored", stored)
        .put("duplicates", duplicates)
        .put("rejected", rejected);
  }
}
