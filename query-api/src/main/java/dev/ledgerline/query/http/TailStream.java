// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.Tail;
import dev.ledgerline.query.UnansweredException;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a tail as Server-Sent Events. What the socket does not take waits in the log, not in
 * memory; a connection that takes nothing at all is closed by the server's idle timeout and can
 * resume exactly.
 */
final class TailStream {
  private static final Logger logger = LoggerFactory.getLogger(TailStream.class);

  /** So many at once; each is a virtual thread and a reader of the log. */
  private static final int MAX_TAILS = 256;

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** How soon an idle tail sees that the server stops. */
  private static final Duration GLANCE = Duration.ofMillis(500);

  private final Semaphore free = new Semaphore(MAX_TAILS);
  private final AtomicBoolean stopped = new AtomicBoolean();

  /** Makes the tail once it is clear that there is room for it. */
  interface Opening {
    Tail open() throws UnansweredException, IOException;
  }

  /** Streams until the reader has gone or the server stops. */
  void stream(Context request, Opening opening) throws UnansweredException, IOException {
    if (stopped.get() || !free.tryAcquire()) {
      Replies.later(request, "overloaded", "there are " + MAX_TAILS + " tails already");
      return;
    }
    try (Tail tail = opening.open()) {
      request
          .header("X-Content-Type-Options", "nosniff")
          .header("Cache-Control", "no-store")
          .header("X-Accel-Buffering", "no") // a proxy must not hold events back
          .contentType("text/event-stream");
      try {
        send(tail, request.res().getOutputStream());
      } catch (IOException e) {
        logger.debug("a tail ended", e); // its reader has gone, or will resume where it stood
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      free.release();
    }
  }

  int open() {
    return MAX_TAILS - free.availablePermits();
  }

  /** Ends all tails within {@link #GLANCE}, and lets none begin. */
  void stop() {
    stopped.set(true);
  }

  private void send(Tail tail, OutputStream socket) throws IOException, InterruptedException {
    comment(socket, "after " + tail.position());
    long lastSent = System.nanoTime();
    while (!stopped.get()) {
      Tail.Item item = tail.next(GLANCE);
      if (item == null) {
        if (System.nanoTime() - lastSent < HEARTBEAT.toNanos()) {
          continue;
        }
        comment(socket, "still here");
      }
      for (; item != null && !stopped.get(); item = tail.next(Duration.ZERO)) {
        socket.write(bytes(item));
      }
      socket.flush();
      lastSent = System.nanoTime();
    }
  }

  private static void comment(OutputStream socket, String text) throws IOException {
    socket.write((": " + text + "\n\n").getBytes(StandardCharsets.UTF_8));
    socket.flush();
  }

  /** JSON has no line breaks of its own, so the data is one line. */
  private static byte[] bytes(Tail.Item item) throws IOException {
    String data =
        switch (item) {
          case Tail.Happened happened -> json(out -> EventJson.PLAIN.write(out, happened.event()));
          case Tail.Missed missed ->
              json(
                  out ->
                      out.object(
                          o ->
                              o.text("from", missed.first().toString())
                                  .text("to", missed.last().toString())));
        };
    String text =
        switch (item) {
          case Tail.Happened happened ->
              "event: event\ndata: "
                  + data
                  + (happened.last() ? "\nid: " + happened.event().position() : "");
          case Tail.Missed missed -> "event: gap\ndata: " + data + "\nid: " + missed.last();
        };
    return (text + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String json(JsonOut.Body body) throws IOException {
    return new String(JsonOut.bytes(body), StandardCharsets.UTF_8);
  }
}
