// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds calls that come again and again: the same tool with the same arguments, at least {@value
 * #TIMES} times one after the other, or a round of up to {@value #MAX_PERIOD} such calls repeated
 * that often. Each agent is followed for itself. Needs the same memory for the millionth call as
 * for the first.
 */
public final class LoopFold {
  /** Twice may be a second try; the third time nothing new is learnt. */
  public static final int TIMES = 3;

  public static final int MAX_PERIOD = 8;

  /** Agents beyond that many are not followed. */
  private static final int MAX_AGENTS = 1_000;

  /** Loops beyond that many are not told. */
  private static final int MAX_LOOPS = 1_000;

  /**
   * A round of calls that came again and again.
   *
   * @param tool of its first call, null where the source does not name it
   * @param period calls in a round, 1 for the same call again and again
   * @param times rounds, the last one whole
   * @param fromSeq its first call's event
   * @param toSeq its last call's event
   */
  public record Loop(
      @Nullable String agent,
      @Nullable String tool,
      int period,
      int times,
      long fromSeq,
      long toSeq) {}

  private record Call(@Nullable String tool, long args, long seq) {
    boolean sameAs(Call other) {
      return args == other.args && Objects.equals(tool, other.tool);
    }
  }

  private final Map<String, Rounds> byAgent = new LinkedHashMap<>();
  private final List<Loop> found = new ArrayList<>();

  /**
   * The next call in the order of the source.
   *
   * @param args a hash of the arguments of the call
   */
  public void call(@Nullable String agent, @Nullable String tool, long args, long seq) {
    Rounds rounds = byAgent.get(String.valueOf(agent));
    if (rounds == null) {
      if (byAgent.size() == MAX_AGENTS) {
        return;
      }
      rounds = new Rounds(agent);
      byAgent.put(String.valueOf(agent), rounds);
    }
    Loop ended = rounds.add(new Call(tool, args, seq));
    if (ended != null && found.size() < MAX_LOOPS) {
      found.add(ended);
    }
  }

  /** In the order of their first calls; those that go on too. */
  public List<Loop> loops() {
    List<Loop> all = new ArrayList<>(found);
    for (Rounds rounds : byAgent.values()) {
      Loop goesOn = rounds.loop();
      if (goesOn != null) {
        all.add(goesOn);
      }
    }
    all.sort(Comparator.comparingLong(Loop::fromSeq));
    return Collections.unmodifiableList(all);
  }

  /** The newest calls of one agent. */
  private static final class Rounds {
    private final @Nullable String agent;
    private final List<Call> newest = new ArrayList<>(MAX_PERIOD);

    /** How many of the newest calls equal the one so many calls before: by period. */
    private final int[] repeats = new int[MAX_PERIOD + 1];

    private final Call[] begun = new Call[MAX_PERIOD + 1];
    private int period;
    private long lastSeq;

    Rounds(@Nullable String agent) {
      this.agent = agent;
    }

    /** The loop that ended with the call before, null where none did. */
    @Nullable Loop add(Call call) {
      Loop before = loop();
      for (int p = 1; p <= MAX_PERIOD; p++) {
        Call earlier = p <= newest.size() ? newest.get(newest.size() - p) : null;
        if (earlier != null && earlier.sameAs(call)) {
          begun[p] = repeats[p] == 0 ? earlier : begun[p];
          repeats[p]++;
        } else {
          repeats[p] = 0;
        }
      }
      boolean goesOn = period > 0 && repeats[period] > 0;
      if (!goesOn) {
        period = shortest();
      }
      if (newest.size() == MAX_PERIOD) {
        newest.removeFirst();
      }
      newest.add(call);
      lastSeq = call.seq;
      return goesOn ? null : before;
    }

    private int shortest() {
      for (int p = 1; p <= MAX_PERIOD; p++) {
        if (repeats[p] >= (TIMES - 1) * p) {
          return p;
        }
      }
      return 0;
    }

    @Nullable Loop loop() {
      if (period == 0) {
        return null;
      }
      Call first = begun[period];
      int times = repeats[period] / period + 1;
      return new Loop(agent, first.tool, period, times, first.seq, lastSeq);
    }
  }
}
