// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Clients that send at once, each on a connection and a thread of its own, until the time is up or
 * the events are sent. A batch that was not acknowledged is sent again, as it was, until it is.
 */
final class Load {
  /**
   * How to send.
   *
   * @param eventsPerClient the most that one client sends
   * @param eventsPerSecond of all clients together; 0: each sends its next batch when the last one
   *     was acknowledged
   */
  record Plan(
      URI server,
      @Nullable String key,
      int clients,
      int batch,
      long eventsPerClient,
      double eventsPerSecond) {}

  private final Requests workload;
  private final Plan plan;
  private final List<Client> clients = new ArrayList<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  private volatile boolean stopped;
  private volatile boolean measuring;

  Load(Requests workload, Plan plan) {
    this(workload, plan, new long[plan.clients]);
  }

  /**
   * Goes on after another load that ended.
   *
   * @param acknowledged what that one knew to be durable
   */
  Load(Requests workload, Plan plan, long[] acknowledged) {
    this.workload = workload;
    this.plan = plan;
    for (int i = 0; i < plan.clients; i++) {
      clients.add(new Client(i, acknowledged[i]));
    }
  }

  void start() {
    clients.forEach(client -> client.thread.start());
  }

  /** What is acknowledged before is warm-up. */
  void measureFromNow() {
    measuring = true;
  }

  /** Lets each client end its batch. */
  void stop() {
    stopped = true;
  }

  void join() throws InterruptedException {
    for (Client client : clients) {
      client.thread.join();
    }
    String message = trouble.get();
    if (message != null) {
      throw new IllegalStateException(message);
    }
  }

  boolean isRunning() {
    return clients.stream().anyMatch(client -> client.thread.isAlive());
  }

  /** Events that each client knows to be durable; its first so many. */
  long[] acknowledged() {
    return clients.stream().mapToLong(client -> client.acknowledged).toArray();
  }

  long acknowledgedEvents() {
    return Arrays.stream(acknowledged()).sum();
  }

  /** Bodies that were acknowledged. */
  long bodyBytes() {
    return clients.stream().mapToLong(client -> client.bodyBytes).sum();
  }

  /** Batches that had to be sent again. */
  long retries() {
    return clients.stream().mapToLong(client -> client.retries).sum();
  }

  /**
   * Nanoseconds from when a batch should have been sent to its acknowledgement, in order of size.
   */
  long[] sortedLatencies() {
    return clients.stream()
        .flatMapToLong(client -> Arrays.stream(client.latencies, 0, client.measured))
        .sorted()
        .toArray();
  }

  /** One connection's worth. Its fields are written by its own thread only. */
  private final class Client {
    final int index;
    final Thread thread;
    volatile long acknowledged;
    long bodyBytes; // this and the rest are read when the thread has ended
    long retries;
    long[] latencies = new long[1_024];
    int measured;

    Client(int index, long acknowledged) {
      this.index = index;
      this.acknowledged = acknowledged;
      this.thread = Thread.ofPlatform().name("client-" + index).unstarted(this::run);
    }

    private void run() {
      byte[] head = workload.head(plan.server, plan.key);
      byte[] request = Arrays.copyOf(head, head.length + workload.largest(plan.batch));
      Wire wire = null;
      long start = System.nanoTime();
      double nanosPerBatch =
          plan.eventsPerSecond == 0 ? 0 : 1e9 * plan.batch * plan.clients / plan.eventsPerSecond;
      try {
        for (long sent = acknowledged, batch = 0;
            !stopped && sent < plan.eventsPerClient;
            batch++) {
          int events = (int) Math.min(plan.batch, plan.eventsPerClient - sent);
          int end = workload.write(index, sent, events, request, head.length);
          Wire.putLength(request, head.length, end - head.length);
          long due = System.nanoTime();
          if (nanosPerBatch > 0) {
            due = start + (long) (nanosPerBatch * (batch + (double) index / plan.clients));
            sleepUntil(due);
          }
          wire = deliver(wire, request, end);
          if (wire == null) {
            return;
          }
          sent += events;
          acknowledged = sent;
          bodyBytes += end - head.length;
          long now = System.nanoTime();
          if (measuring) {
            note(now - due);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        if (wire != null) {
          wire.close();
        }
      }
    }

    /** The connection that it was acknowledged on; null where it never was. */
    private @Nullable Wire deliver(@Nullable Wire open, byte[] request, int bytes)
        throws InterruptedException {
      Wire wire = open;
      for (int attempt = 0; ; attempt++) {
        if (attempt > 0) {
          retries++;
          Thread.sleep(Math.min(20L << Math.min(attempt, 5), 500));
        }
        try {
          if (wire == null) {
            wire = new Wire(plan.server);
          }
          int status = wire.exchange(request, bytes);
          if (status == workload.acknowledged()) {
            return wire;
          }
          if (status != 429 && status < 500) {
            trouble.set("the server answered " + wire.lastAnswer());
            stopped = true;
            wire.close();
            return null;
          }
        } catch (IOException e) {
          if (wire != null) {
            wire.close();
          }
          wire = null;
          if (stopped && e instanceof ConnectException) {
            return null; // nobody there any more, and nobody expects it
          }
        }
      }
    }

    private void note(long nanos) {
      if (measured == latencies.length) {
        latencies = Arrays.copyOf(latencies, measured * 2);
      }
      latencies[measured++] = nanos;
    }
  }

  private static void sleepUntil(long nanoTime) throws InterruptedException {
    long left = nanoTime - System.nanoTime();
    if (left > 0) {
      Thread.sleep(java.time.Duration.ofNanos(left));
    }
  }
}
