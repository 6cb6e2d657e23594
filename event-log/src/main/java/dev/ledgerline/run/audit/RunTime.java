// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.Word;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Transition;
import dev.ledgerline.run.Wait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of a run went, as a whole and for each of its agents.
 *
 * <p>An answered call counts from its start to its end, one that goes on until now. A call of which
 * nobody told the end counts as nothing, and makes what no other class covers unknown. A run that
 * is queued waits for capacity, one that is paused is idle. Time that nothing covers is idle where
 * the source tells how long model calls take, since a model call would then have been told; else it
 * is unknown.
 *
 * <p>An agent's ledger covers the time in which it was there: the root agent's the whole run; that
 * of an agent that was called, its calls; that of any other, from its first step or wait to its
 * last. What an agent that it called does is {@code child} for the caller.
 *
 * @param from when the run began
 * @param to how far it is accounted for, {@link History#until}
 * @param byAgent in the order of the run's agents; agents that left no interval are not listed
 */
public record RunTime(Instant from, Instant to, TimeLedger whole, List<AgentTime> byAgent) {

  /** The share of one agent; {@code ledger} adds up to the time in which it was there. */
  public record AgentTime(String agent, TimeLedger ledger) {}

  /**
   * @param children the runs that this one called, each from its start to its end
   */
  public static RunTime of(History history, List<Period> children, Instant now) {
    return new Accounts(history, children, now).time();
  }

  /** The stretches of an agent, and when it was there. */
  private static final class Share {
    private final List<Stretch> stretches = new ArrayList<>();
    private final List<Period> calls = new ArrayList<>();
    private @Nullable Instant first;
    private @Nullable Instant last;
    private boolean tellsModelCalls;

    void add(Stretch stretch) {
      stretches.add(stretch);
      first = first == null || stretch.from().isBefore(first) ? stretch.from() : first;
      last = last == null || stretch.to().isAfter(last) ? stretch.to() : last;
      tellsModelCalls |= stretch.of() == TimeClass.MODEL && stretch.to().isAfter(stretch.from());
    }
  }

  /** The books of one run while they are written. */
  private static final class Accounts {
    private final History history;
    private final Instant from;
    private final Instant to;
    private final Share whole = new Share();
    private final Map<String, Share> shares = new LinkedHashMap<>();
    private final Map<String, Step> steps = new LinkedHashMap<>();

    Accounts(History history, List<Period> children, Instant now) {
      this.history = history;
      this.from = history.run().startedAt();
      this.to = history.until(now);
      history.run().agents().forEach(agent -> shares.put(agent, new Share()));
      history.steps().forEach(step -> steps.put(step.id(), step));
      history.steps().forEach(this::add);
      history.waits().forEach(this::add);
      addStates();
      for (Period child : children) {
        add(rootAgent(), new Stretch(TimeClass.CHILD, child.from(), child.to()));
      }
    }

    RunTime time() {
      List<AgentTime> byAgent = new ArrayList<>();
      shares.forEach(
          (agent, share) -> {
            TimeLedger ledger = ledger(agent, share);
            if (ledger != null) {
              byAgent.add(new AgentTime(agent, ledger));
            }
          });
      return new RunTime(
          from, to, ledger(whole, List.of(new Period(from, to))), List.copyOf(byAgent));
    }

    private void add(Step step) {
      Instant end = step.endedAt() == null ? to : step.endedAt();
      boolean told = step.endedAt() != null || History.goesOn(step);
      switch (step.kind()) {
        case TOOL, MODEL -> {
          TimeClass of = step.kind() == StepKind.TOOL ? TimeClass.TOOL : TimeClass.MODEL;
          add(agentOf(step), new Stretch(told ? of : TimeClass.UNKNOWN, step.startedAt(), end));
        }
        case WAIT -> {
          WaitKind kind = Word.of(WaitKind.class, step.name());
          TimeClass of = kind == null ? TimeClass.EXTERNAL : TimeClass.of(kind);
          add(agentOf(step), new Stretch(told ? of : TimeClass.UNKNOWN, step.startedAt(), end));
        }
        case AGENT -> called(step, end);
        case TURN, TASK, OTHER -> {
          // they are made of others
        }
      }
    }

    /** What the agent does is told by steps of its own; its caller has time of a child. */
    private void called(Step step, Instant end) {
      String agent = step.name() == null ? agentOf(step) : step.name();
      Step around = step.parentId() == null ? null : steps.get(step.parentId());
      String caller = around == null ? rootAgent() : agentOf(around);
      if (agent != null) {
        share(agent).calls.add(new Period(step.startedAt(), end));
      }
      if (caller != null && !caller.equals(agent)) {
        share(caller).add(new Stretch(TimeClass.CHILD, step.startedAt(), end));
      }
    }

    private void add(Wait wait) {
      Instant end = wait.resolvedAt() == null ? to : wait.resolvedAt();
      String agent = wait.agent() == null ? rootAgent() : wait.agent();
      add(agent, new Stretch(TimeClass.of(wait.kind()), wait.openedAt(), end));
    }

    private void addStates() {
      Transition before = null;
      for (Transition change : history.states()) {
        if (!change.legal()) {
          continue; // it changed nothing
        }
        addState(before, change.at());
        before = change;
      }
      addState(before, to);
    }

    private void addState(@Nullable Transition entered, Instant left) {
      if (entered != null && entered.to() == State.QUEUED) {
        add(rootAgent(), new Stretch(TimeClass.CAPACITY, entered.at(), left));
      } else if (entered != null && entered.to() == State.PAUSED) {
        add(rootAgent(), new Stretch(TimeClass.IDLE, entered.at(), left));
      }
    }

    private void add(@Nullable String agent, Stretch stretch) {
      whole.add(stretch);
      if (agent != null) {
        share(agent).add(stretch);
      }
    }

    private Share share(String agent) {
      return shares.computeIfAbsent(agent, a -> new Share());
    }

    private @Nullable String rootAgent() {
      return history.run().agent();
    }

    private @Nullable String agentOf(Step step) {
      return step.agent() == null ? rootAgent() : step.agent();
    }

    /** Null where it left no interval. */
    private @Nullable TimeLedger ledger(String agent, Share share) {
      if (Objects.equals(agent, rootAgent())) {
        return ledger(share, List.of(new Period(from, to)));
      }
      if (!share.calls.isEmpty()) {
        return ledger(share, share.calls);
      }
      return share.first == null || share.last == null
          ? null
          : ledger(share, List.of(new Period(share.first, share.last)));
    }

    private TimeLedger ledger(Share share, List<Period> there) {
      List<Stretch> stretches = new ArrayList<>(share.stretches);
      if (share.tellsModelCalls) {
        stretches.add(new Stretch(TimeClass.IDLE, from, to));
      }
      return TimeLedger.of(there.stream().map(this::clipped).toList(), stretches);
    }

    /** Nobody was there before the run began, or after what is known of it. */
    private Period clipped(Period there) {
      return new Period(clipped(there.from()), clipped(there.to()));
    }

    private Instant clipped(Instant at) {
      return at.isBefore(from) ? from : at.isAfter(to) ? to : at;
    }
  }
}
