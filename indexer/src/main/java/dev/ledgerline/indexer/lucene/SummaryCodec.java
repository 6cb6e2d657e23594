// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Wait;
import dev.ledgerline.state.Verdict;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * A run summary and its open waits in bytes: the components in the order of their records. Any
 * change raises {@link IndexPair#FORMAT}; old indexes are then built again.
 */
final class SummaryCodec {
  private SummaryCodec() {}

  static BytesRef encode(WaitingRun waiting) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      RunSummary run = waiting.run();
      text(out, run.key().source());
      text(out, run.key().run());
      texts(out, run.aliases());
      text(out, run.thread());
      text(out, run.task());
      number(out, run.attempt());
      number(out, run.nativeAttempt());
      text(out, run.parentRun());
      text(out, run.continuesRun());
      text(out, run.agent());
      texts(out, run.agents());
      text(out, run.dialect());
      texts(out, run.traces());
      out.writeByte(run.state().ordinal());
      out.writeByte(run.stateQuality().ordinal());
      text(out, run.reason());
      out.writeByte(run.runIdQuality().ordinal());
      out.writeByte(run.timeQuality().ordinal());
      time(out, run.startedAt());
      time(out, run.endedAt());
      out.writeLong(run.events());
      out.writeInt(run.steps());
      out.writeInt(run.errors());
      out.writeInt(run.toolCalls());
      out.writeInt(run.failedTools());
      out.writeInt(run.modelCalls());
      out.writeInt(run.openWaits());
      out.writeInt(run.waits());
      usage(out, run.usage());
      out.writeByte(run.verdict().ordinal());
      out.writeInt(run.violations());
      text(out, run.title());
      time(out, run.lastObservedAt());
      out.writeInt(waiting.open().size());
      for (Wait wait : waiting.open()) {
        wait(out, wait);
      }
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot fail", e);
    }
    return new BytesRef(bytes.toByteArray());
  }

  static WaitingRun decode(BytesRef bytes) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(bytes.bytes, bytes.offset, bytes.length))) {
      RunSummary run =
          new RunSummary(
              new RunKey(present(text(in)), present(text(in))),
              texts(in),
              text(in),
              text(in),
              number(in),
              number(in),
              text(in),
              text(in),
              text(in),
              texts(in),
              present(text(in)),
              texts(in),
              State.values()[in.readByte()],
              Quality.values()[in.readByte()],
              text(in),
              RunIdQuality.values()[in.readByte()],
              TimeQuality.values()[in.readByte()],
              present(time(in)),
              time(in),
              in.readLong(),
              in.readInt(),
              in.readInt(),
              in.readInt(),
              in.readInt(),
              in.readInt(),
              in.readInt(),
              in.readInt(),
              usage(in),
              Verdict.Result.values()[in.readByte()],
              in.readInt(),
              text(in),
              present(time(in)));
      int waits = in.readInt();
      List<Wait> open = new ArrayList<>(waits);
      for (int i = 0; i < waits; i++) {
        open.add(wait(in));
      }
      return new WaitingRun(run, open);
    }
  }

  private static void wait(DataOutputStream out, Wait wait) throws IOException {
    text(out, wait.id());
    out.writeByte(wait.kind().ordinal());
    text(out, wait.agent());
    text(out, wait.prompt());
    time(out, wait.openedAt());
    time(out, wait.resolvedAt());
    number(out, wait.outcome() == null ? null : (Integer) wait.outcome().ordinal());
    text(out, wait.resolvedBy());
    text(out, wait.resolvedRun());
    out.writeLong(wait.openedSeq());
    big(out, wait.resolvedSeq());
    out.writeByte(wait.quality().ordinal());
  }

  private static Wait wait(DataInputStream in) throws IOException {
    String id = present(text(in));
    WaitKind kind = WaitKind.values()[in.readByte()];
    String agent = text(in);
    String prompt = text(in);
    Instant openedAt = present(time(in));
    Instant resolvedAt = time(in);
    Integer outcome = number(in);
    return new Wait(
        id,
        kind,
        agent,
        prompt,
        openedAt,
        resolvedAt,
        outcome == null ? null : WaitOutcome.values()[outcome],
        text(in),
        text(in),
        in.readLong(),
        big(in),
        Quality.values()[in.readByte()]);
  }

  private static void usage(DataOutputStream out, @Nullable TokenUsage usage) throws IOException {
    out.writeBoolean(usage != null);
    if (usage != null) {
      big(out, usage.input());
      big(out, usage.output());
      big(out, usage.total());
      big(out, usage.cachedInput());
      big(out, usage.cacheWrite());
      big(out, usage.reasoning());
      big(out, usage.costUsd() == null ? null : (Long) Double.doubleToLongBits(usage.costUsd()));
    }
  }

  private static @Nullable TokenUsage usage(DataInputStream in) throws IOException {
    if (!in.readBoolean()) {
      return null;
    }
    Long input = big(in);
    Long output = big(in);
    Long total = big(in);
    Long cachedInput = big(in);
    Long cacheWrite = big(in);
    Long reasoning = big(in);
    Long cost = big(in);
    return new TokenUsage(
        input,
        output,
        total,
        cachedInput,
        cacheWrite,
        reasoning,
        cost == null ? null : (Double) Double.longBitsToDouble(cost));
  }

  private static void text(DataOutputStream out, @Nullable String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static @Nullable String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length < 0 ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static void texts(DataOutputStream out, List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      text(out, text);
    }
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    int size = in.readInt();
    List<String> texts = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      texts.add(present(text(in)));
    }
    return List.copyOf(texts);
  }

  private static void time(DataOutputStream out, @Nullable Instant time) throws IOException {
    out.writeBoolean(time != null);
    if (time != null) {
      out.writeLong(time.getEpochSecond());
      out.writeInt(time.getNano());
    }
  }

  private static @Nullable Instant time(DataInputStream in) throws IOException {
    return in.readBoolean() ? Instant.ofEpochSecond(in.readLong(), in.readInt()) : null;
  }

  private static void number(DataOutputStream out, @Nullable Integer number) throws IOException {
    out.writeBoolean(number != null);
    if (number != null) {
      out.writeInt(number);
    }
  }

  private static @Nullable Integer number(DataInputStream in) throws IOException {
    return in.readBoolean() ? (Integer) in.readInt() : null;
  }

  private static void big(DataOutputStream out, @Nullable Long number) throws IOException {
    out.writeBoolean(number != null);
    if (number != null) {
      out.writeLong(number);
    }
  }

  private static @Nullable Long big(DataInputStream in) throws IOException {
    return in.readBoolean() ? (Long) in.readLong() : null;
  }

  private static <T> T present(@Nullable T value) throws IOException {
    if (value == null) {
      throw new IOException("a summary lacks what every summary has");
    }
    return value;
  }
}
