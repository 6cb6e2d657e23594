// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.scrape;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.collector.dialect.SymphonySnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks an instance for its state. An answer is taken for one only if it is a 200 with an object
 * that has the lists of a state and no error: some instances answer 200 when they could not make a
 * snapshot (protocols.md 1.7). Nobody is sent elsewhere, nothing is read beyond the limit, and the
 * whole question ends within its deadline, however slowly the answer drips.
 */
final class StatePoll implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** A state, as it came and as it was read. */
  record Answer(byte[] body, SymphonySnapshot snapshot) {}

  private final HttpClient http;
  private final ObjectMapper json = new ObjectMapper();
  private final Duration deadline;
  private final int mostBytes;

  StatePoll(Duration deadline, int mostBytes) {
    this.deadline = deadline;
    this.mostBytes = mostBytes;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT.compareTo(deadline) < 0 ? CONNECT : deadline)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
  }

  Answer ask(URI uri) throws NoStateException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).header("Accept", "application/json").build();
    HttpResponse<byte[]> response = send(request);
    if (response.statusCode() != 200) {
      throw new NoStateException("status " + response.statusCode());
    }
    byte[] body = response.body();
    SymphonySnapshot snapshot;
    try {
      snapshot = SymphonySnapshot.in(json.readTree(body));
    } catch (JsonProcessingException e) {
      throw new NoStateException("the answer is no JSON");
    } catch (IOException e) {
      throw new IllegalStateException("reading an array does no I/O", e);
    }
    if (snapshot == null) {
      throw new NoStateException("a 200 without a state");
    }
    return new Answer(body, snapshot);
  }

  private HttpResponse<byte[]> send(HttpRequest request)
      throws NoStateException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer;
    try {
      answer =
          http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes));
    } catch (RuntimeException e) { // the client is being closed
      throw new NoStateException("cannot ask: " + e.getClass().getSimpleName());
    }
    try {
      return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new NoStateException("no answer within " + deadline.toMillis() + " ms");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new NoStateException(
          cause.getClass().equals(IOException.class)
              ? "the answer breaks off, is no HTTP or has more than " + mostBytes + " bytes"
              : cause.getClass().getSimpleName());
    } catch (CancellationException e) {
      throw new NoStateException("given up");
    } finally {
      answer.cancel(true); // of an answer that is there it changes nothing
    }
  }

  /** Ends what is being asked. */
  @Override
  public void close() {
    http.shutdownNow();
  }
}
