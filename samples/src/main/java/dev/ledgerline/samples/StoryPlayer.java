// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plays stories to a running Ledgerline: waits until a moment has come, then posts it, as an agent
 * would that reports what it does while it does it.
 *
 * <p>What was not answered, or answered with 429 or 503, is sent again, the same bytes in the same
 * place of the stream: events have ids, and those that have none are known by their number in the
 * stream, so nothing shows twice.
 */
public final class StoryPlayer implements AutoCloseable {
  /** Moments that are nearer to each other than this go in one request. */
  private static final Duration TOGETHER = Duration.ofMillis(50);

  /** Moments in one request at most, whatever the speed. */
  private static final int MAX_BATCH = 500;

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

  /** How often one batch is sent; with the backoff above about a minute. */
  private static final int MAX_TRIES = 16;

  private final URI events;
  private final @Nullable String apiKey;
  private final double speed;
  private final InstantSource clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * A player for the Ledgerline at that address.
   *
   * @param base for example {@code http://127.0.0.1:7654/}
   * @param apiKey null where none is needed
   * @param speed 1 is human speed
   */
  public StoryPlayer(URI base, @Nullable String apiKey, double speed, InstantSource clock) {
    this.events = base.resolve("/v1/events");
    this.apiKey = apiKey;
    this.speed = speed;
    this.clock = clock;
  }

  /**
   * Tells a story from now to its end.
   *
   * @throws IOException the server cannot be reached for a minute, or does not take the story
   */
  public void play(Story story, long seed) throws IOException, InterruptedException {
    Instant start = clock.instant();
    List<Moment> moments = story.told(seed, start, speed);
    String stream = story.name() + "/" + seed + "/" + start;
    int next = 0;
    while (next < moments.size()) {
      waitFor(moments.get(next).at());
      int end = next + 1;
      Instant now = clock.instant().plus(TOGETHER);
      while (end < moments.size()
          && end - next < MAX_BATCH
          && !moments.get(end).at().isAfter(now)) {
        end++;
      }
      send(story, stream, next, moments.subList(next, end));
      next = end;
    }
  }

  private void waitFor(Instant moment) throws InterruptedException {
    Duration left = Duration.between(clock.instant(), moment);
    if (left.isPositive()) {
      Thread.sleep(left);
    }
  }

  private void send(Story story, String stream, int offset, List<Moment> moments)
      throws IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    moments.forEach(moment -> lines.append(moment.record()).append('\n'));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(events)
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", story.form().mediaType)
            .header("Ledgerline-Source", "demo")
            .header("Ledgerline-Stream", stream)
            .header("Ledgerline-Offset", Integer.toString(offset))
            .POST(HttpRequest.BodyPublishers.ofString(lines.toString(), StandardCharsets.UTF_8));
    if (apiKey != null) {
      request.header("Authorization", "Bearer " + apiKey);
    }
    Duration backoff = FIRST_BACKOFF;
    for (int tries = 1; ; tries++) {
      Duration wait = backoff;
      try {
        HttpResponse<String> answer =
            http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 202) {
          return;
        }
        if (!mayPass(answer.statusCode()) || tries == MAX_TRIES) {
          throw new RefusedException(answer.statusCode() + " " + answer.body());
        }
        wait = retryAfter(answer, backoff);
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        // Nobody knows whether it was stored: sent again, it is stored once either way.
        if (tries == MAX_TRIES) {
          throw e;
        }
      }
      Thread.sleep(wait);
      backoff = min(backoff.multipliedBy(2), MAX_BACKOFF);
    }
  }

  private static boolean mayPass(int status) {
    return status == 429 || status == 503;
  }

  /** Seconds, as the server says; never longer than a minute. */
  private static Duration retryAfter(HttpResponse<?> answer, Duration otherwise) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("[0-9]{1,4}"))
        .map(value -> min(Duration.ofSeconds(Long.parseLong(value)), Duration.ofMinutes(1)))
        .orElse(otherwise);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public void close() {
    http.close();
  }

  /** The server has read the events and does not want them. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String answer) {
      super("The story was refused: " + answer);
    }
  }
}
