// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Word;
import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.event.query.EventPredicate;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.EventLog.LogEntry;
import dev.ledgerline.log.MalformedEntryException;
import dev.ledgerline.log.Position;
import dev.ledgerline.otel.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the log on to one target. One thread reads, projects, sends and waits, so a target that is
 * slow or down holds up nothing but itself, and nothing is queued for it: the cursor stays where it
 * is in the log. The cursor moves once the target has settled all that the entries before it
 * became.
 *
 * <p>After a crash what was settled within the last second may be sent again, with the same ids;
 * after an orderly end nothing is.
 */
public final class Exporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Exporter.class);

  private static final int VERSION = 1;

  /** What is read before something is sent; records are as large as the limits allow. */
  private static final int BATCH_ENTRIES = 2_000;

  private static final Duration LONGEST_SLEEP = Duration.ofMillis(250);

  /** What it is doing. */
  public enum State implements Word {
    RUNNING,
    /** The target does not answer or asks to be left alone. */
    RETRYING,
    /** The target does not let us in; the server has to be started again. */
    HALTED,
    STOPPED
  }

  private final EventLog log;
  private final Target target;
  private final Settings settings;
  private final InstantSource clock;
  private final EventPredicate filter;
  private final SpanWriter writer;
  private final CursorFile file;
  private final Transport transport;
  private final Tally tally = new Tally();
  private final Delivery delivery;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private volatile Position settled = Position.START;

  /** Of the oldest entry that is not settled; null where there is none. */
  private volatile @Nullable Instant oldest;

  private volatile int openRuns;
  private volatile long runsCutShort;
  private volatile boolean stopped;

  /** Why it had to go back to its cursor; null while it goes on. */
  private volatile @Nullable String failure;

  private final LongAdder missed = new LongAdder();

  // Of the exporter's thread.
  private long savedAt;
  private long metricsSentAt;

  /** What was settled and is not in the file yet; null where the file has it. */
  private @Nullable ObjectNode unsaved;

  private Exporter(
      EventLog log,
      Target target,
      Path folder,
      Settings settings,
      String version,
      InstantSource clock)
      throws IOException, BadQueryException {
    this.log = log;
    this.target = target;
    this.settings = settings;
    this.clock = clock;
    this.filter = EventPredicate.of(target.filter(), clock.instant());
    this.writer = new SpanWriter(version);
    this.file = new CursorFile(folder, target.name());
    String userAgent = "Ledgerline/" + version;
    this.transport =
        target.protocol() == Target.Protocol.GRPC
            ? new GrpcTransport(target, settings.pace().timeout(), userAgent)
            : new HttpTransport(target, settings.pace().timeout(), userAgent, clock);
    this.delivery = new Delivery(target, transport, settings, tally, new Random(), closing);
    this.thread = Thread.ofVirtual().name("export-" + target.name()).unstarted(this::run);
  }

  /**
   * Starts to follow the log from where the target's cursor stands.
   *
   * @param folder of the cursors; made if it is missing
   * @throws BadQueryException its filter asks for fields of runs
   */
  public static Exporter start(
      EventLog log,
      Target target,
      Path folder,
      Settings settings,
      String version,
      InstantSource clock)
      throws IOException, BadQueryException {
    Exporter exporter = new Exporter(log, target, folder, settings, version, clock);
    exporter.thread.start();
    return exporter;
  }

  public Progress progress() {
    Position at = settled;
    Instant waiting = oldest;
    long behind = Math.max(0, log.end().number() - at.number());
    long millis =
        behind == 0 || waiting == null
            ? 0
            : Math.max(0, Duration.between(waiting, clock.instant()).toMillis());
    return new Progress(
        target.name(),
        target.url().toString(),
        stopped ? State.STOPPED : failure != null ? State.RETRYING : delivery.state(),
        at,
        behind,
        millis,
        tally.outcomes(),
        tally.retries(),
        openRuns,
        runsCutShort,
        missed.sum(),
        failure != null ? failure : delivery.failure());
  }

  private void run() {
    try {
      followUntilClosed();
    } finally {
      stopped = true;
    }
  }

  private void followUntilClosed() {
    int failures = 0;
    while (closing.getCount() > 0) {
      long before = settled.number();
      try {
        follow();
      } catch (InterruptedException e) {
        break;
      } catch (IOException | RuntimeException e) {
        failures = settled.number() > before ? 1 : failures + 1;
        failure = e.toString();
        LOG.warn("{}: exporting failed and goes on from its cursor after a pause", target, e);
        if (sleeps(settings.pace().backoff().pause(failures, null, new Random()))) {
          break;
        }
      }
    }
  }

  /** Returns whether it is closing. */
  private boolean sleeps(Duration pause) {
    try {
      return closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void follow() throws IOException, InterruptedException {
    Projection projection = new Projection(log, settings, filter, target.contents(), writer);
    Position read = restore(projection);
    settled = read;
    if (!file.exists()) {
      // Where it begins is decided once, however long it takes until something is settled.
      unsaved = cursor(projection, read);
      save();
    }
    metricsSentAt = System.nanoTime() - settings.pace().metricsEvery().toNanos();
    try (EventLog.Cursor cursor = log.read(read)) {
      while (true) {
        if (closing.getCount() == 0) {
          unsaved = cursor(projection, read);
          break;
        }
        Projected batch = new Projected(target.signals());
        Position filled = fill(batch, projection, cursor, read);
        if (filled == null) {
          break;
        }
        read = filled;
        if (metricsAreDue(projection, batch)) {
          metricsSentAt = System.nanoTime();
          projection.metrics(batch);
        }
        if (!delivery.deliver(batch)) {
          break;
        }
        advanced(projection, read, !batch.isEmpty());
      }
    } finally {
      save();
    }
  }

  private boolean metricsAreDue(Projection projection, Projected batch) {
    return batch.wants(Signal.METRICS)
        && projection.metricsChanged()
        && System.nanoTime() - metricsSentAt >= settings.pace().metricsEvery().toNanos();
  }

  /**
   * Reads until there is enough to send or an item has waited for long enough. Returns up to where;
   * null: it is closing, and what was read is to be read again.
   */
  private @Nullable Position fill(
      Projected batch, Projection projection, EventLog.Cursor cursor, Position after)
      throws IOException, InterruptedException {
    Position read = after;
    int entries = 0;
    long began = 0;
    Instant newest = Instant.EPOCH;
    while (closing.getCount() > 0) {
      LogEntry next = cursor.next();
      if (next != null) {
        entries++;
        missed(read, next.position());
        read = next.position();
        began = began == 0 ? System.nanoTime() : began;
        Instant observed = take(next, batch, projection);
        newest = observed.isAfter(newest) ? observed : newest;
        if (oldest == null) {
          oldest = observed;
        }
        if (entries >= BATCH_ENTRIES
            || batch.count() >= settings.limits().requestItems()
            || batch.bytes() >= settings.limits().requestBytes()) {
          // Behind: the time of the log is what counts.
          projection.settle(newest, batch);
          return read;
        }
        continue;
      }
      Position start = log.start();
      if (start.compareTo(read) > 0) { // nothing is left to show that something is missed
        missed(read, Position.of(start.number() + 1));
        read = start;
        entries++;
        began = began == 0 ? System.nanoTime() : began;
      }
      Instant due = projection.settle(clock.instant(), batch);
      long waited = began == 0 ? 0 : System.nanoTime() - began;
      if ((began != 0 || !batch.isEmpty())
          && (waited >= settings.pace().flush().toNanos() || (began == 0 && !batch.isEmpty()))) {
        return read;
      }
      if (entries == 0 && (metricsAreDue(projection, batch) || (unsaved != null && saveIsDue()))) {
        return read;
      }
      log.awaitBeyond(
          read, sleep(due, began == 0 ? null : settings.pace().flush().minusNanos(waited)));
    }
    return entries == 0 && batch.isEmpty() ? read : null;
  }

  private void missed(Position read, Position next) {
    long between = next.number() - read.number() - 1;
    if (between > 0) {
      missed.add(between);
      LOG.warn("{} misses {} entries that the log has let go of", target, between);
    }
  }

  private Duration sleep(@Nullable Instant due, @Nullable Duration flush) {
    Duration sleep = flush != null && flush.compareTo(LONGEST_SLEEP) < 0 ? flush : LONGEST_SLEEP;
    if (due != null) {
      Duration left = Duration.between(clock.instant(), due);
      sleep = left.compareTo(sleep) < 0 ? left : sleep;
    }
    return sleep.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : sleep;
  }

  private Instant take(LogEntry next, Projected batch, Projection projection) throws IOException {
    try {
      Entry entry = EntryCodec.decode(next.bytes());
      projection.take(next.position().number(), entry, batch);
      return observedAt(entry);
    } catch (MalformedEntryException e) {
      LOG.warn("Entry {} of the log cannot be decoded and is passed over", next.position(), e);
      return Instant.EPOCH;
    }
  }

  private static Instant observedAt(Entry entry) {
    return switch (entry) {
      case Entry.Recorded e -> e.observedAt();
      case Entry.Concluded e -> e.observedAt();
      case Entry.Refused e -> e.observedAt();
      case Entry.Repeated e -> e.observedAt();
      case Entry.Replayed e -> e.observedAt();
    };
  }

  private void advanced(Projection projection, Position read, boolean sent) throws IOException {
    boolean moved = read.compareTo(settled) > 0;
    settled = read;
    failure = null;
    oldest = null;
    openRuns = projection.openRuns();
    runsCutShort = projection.cutShort();
    boolean behind = log.end().compareTo(read) > 0;
    if ((moved || sent) && (!behind || saveIsDue())) {
      unsaved = cursor(projection, read);
    }
    if (saveIsDue()) {
      save();
    }
  }

  private boolean saveIsDue() {
    return System.nanoTime() - savedAt >= settings.pace().save().toNanos();
  }

  private ObjectNode cursor(Projection projection, Position position) {
    ObjectNode cursor = CursorFile.empty();
    cursor.put("version", VERSION).put("log", log.id().toString());
    cursor.put("position", position.toString());
    projection.save(cursor);
    return cursor;
  }

  private void save() throws IOException {
    ObjectNode cursor = unsaved;
    if (cursor != null) {
      file.write(cursor);
      savedAt = System.nanoTime();
      unsaved = null;
    }
  }

  /** The position after which to go on. */
  private Position restore(Projection projection) throws IOException {
    JsonNode kept = file.read();
    if (kept == null) {
      return target.from() == Target.From.NOW ? log.end() : log.start();
    }
    Position position = Position.parse(kept.path("position").asText());
    if (position == null
        || kept.path("version").asInt() != VERSION
        || !kept.path("log").asText().equals(log.id().toString())
        || position.compareTo(log.end()) > 0) {
      file.setAside();
      return log.start();
    }
    try {
      projection.restore(kept);
      return position;
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      file.setAside();
      throw new IOException("the cursor of " + target + " is damaged", e);
    }
  }

  /** Stops; a request that is under way is broken off and sent again by the next one. */
  @Override
  public void close() throws IOException {
    closing.countDown();
    transport.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
