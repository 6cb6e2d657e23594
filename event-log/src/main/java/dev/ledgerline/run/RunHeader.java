// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.StepKind;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who a run is about: of each thing the first that was told. */
final class RunHeader {
  /** More agents or traces than this in one run are not listed; the run goes on all the same. */
  private static final int MAX_LISTED = 1_000;

  /** What the native form calls the event in which a run begins, and can name itself. */
  private static final String STARTED = "RunStarted";

  private final Set<String> agents = new LinkedHashSet<>();
  private final Set<String> traces = new LinkedHashSet<>();
  private Scope scope = Scope.NONE;
  private @Nullable String rootAgent;

  /** Where that agent acts: a run that another agent called may begin below 0. */
  private int rootDepth = Integer.MAX_VALUE;

  /** The agent that says itself that the run began. */
  private @Nullable String starter;

  private @Nullable String title;
  private boolean titleIsFromUser;
  private @Nullable String rootSpan;
  private @Nullable String taskName;

  /** Ids that the run goes by, those of its parts included. */
  private final Set<String> ids = new LinkedHashSet<>();

  /**
   * Of spans the earliest says what holds for all: they come in any order, the inner ones first.
   */
  private final Earliest name = new Earliest();

  private final Earliest thread = new Earliest();
  private final Earliest agent = new Earliest();

  private static final class Earliest {
    private @Nullable Instant at;
    private @Nullable String text;

    void told(@Nullable String told, Instant when) {
      if (told != null && (at == null || when.isBefore(at))) {
        at = when;
        text = told;
      }
    }
  }

  RunHeader(String id) {
    ids.add(id);
  }

  void notice(Event event) {
    Scope told = event.scope();
    if (event.fact() instanceof Fact.WaitResolved answer && answer.isInItsThread(told)) {
      return; // it may be about the run that answered, which is another one
    }
    scope = scope.run() == null ? told : merge(scope, told);
    if (told.agent() != null) {
      int depth = told.depth() == null ? 0 : told.depth();
      if (depth < rootDepth) {
        rootAgent = told.agent();
        rootDepth = depth;
      }
      boolean starts = depth == 0 && event.nativeType().equals(STARTED);
      starter = starts && starter == null ? told.agent() : starter;
      if (agents.size() < MAX_LISTED) {
        agents.add(told.agent());
      }
    }
    if (told.trace() != null && traces.size() < MAX_LISTED) {
      traces.add(told.trace());
    }
    if (told.run() != null && ids.size() < MAX_LISTED) {
      ids.add(told.run());
    }
    if (event.fact() instanceof Fact.SpanRecorded span) {
      rootSpan = span.root() && rootSpan == null ? span.name() : rootSpan;
      if (span.runName() != null && ids.size() < MAX_LISTED) {
        ids.add(span.runName());
      }
      name.told(span.runName(), span.start());
      thread.told(told.thread(), span.start());
      agent.told(span.stepKind() == StepKind.AGENT ? told.agent() : null, span.start());
    }
    if (event.fact() instanceof Fact.LogLine line && line.runName() != null) {
      if (ids.size() < MAX_LISTED) {
        ids.add(line.runName());
      }
      Instant at = event.occurredAt();
      name.told(line.runName(), at == null ? event.observedAt() : at);
    }
    if (event.fact() instanceof Fact.StateChange change
        && change.entity() == Entity.TASK
        && taskName == null) {
      taskName = change.entityId();
    }
    if (event.fact() instanceof Fact.Message message && !event.summary().isEmpty()) {
      entitle(message, event.summary());
    } else if (event.nativeType().equals(STARTED) && !event.summary().isEmpty()) {
      title = event.summary(); // the native form lets a run name itself
      titleIsFromUser = true;
    }
  }

  /** What the user asked first; until somebody asked, what was said first. */
  private void entitle(Fact.Message message, String text) {
    if (titleIsFromUser) {
      return;
    }
    boolean user = message.role() == Role.USER;
    if (user || (title == null && !message.delta())) {
      title = text;
      titleIsFromUser = user;
    }
  }

  Scope scope() {
    return thread.text == null ? scope : scope.withThread(thread.text);
  }

  void continues(@Nullable String earlier) {
    scope = scope.continuesRun() == null ? scope.withContinuesRun(earlier) : scope;
  }

  @Nullable String rootAgent() {
    return starter != null ? starter : agent.text != null ? agent.text : rootAgent;
  }

  /** The source's own id of the run, where its spans tell one. */
  @Nullable String name() {
    return name.text;
  }

  /** Every id that it goes by but that one. */
  List<String> otherIds(String id) {
    return ids.stream().filter(other -> !other.equals(id)).toList();
  }

  /** Whether an agent acts that the root, or another below it, had called. */
  boolean isBelowTheRoot(Scope told) {
    return told.agent() != null
        && told.depth() != null
        && told.depth() > rootDepth
        && !told.agent().equals(rootAgent);
  }

  List<String> agents() {
    return List.copyOf(agents);
  }

  List<String> traces() {
    return List.copyOf(traces);
  }

  /**
   * What was asked or said; of a run that only spans tell of, the name of its root; else what
   * people call its task.
   */
  @Nullable String title() {
    return title != null ? title : rootSpan != null ? rootSpan : taskName;
  }

  private static Scope merge(Scope known, Scope more) {
    Scope merged = known;
    merged = adds(known, more, Scope::thread) ? merged.withThread(more.thread()) : merged;
    merged = adds(known, more, Scope::task) ? merged.withTask(more.task()) : merged;
    merged = adds(known, more, Scope::parentRun) ? merged.withParentRun(more.parentRun()) : merged;
    merged =
        adds(known, more, Scope::continuesRun)
            ? merged.withContinuesRun(more.continuesRun())
            : merged;
    merged =
        adds(known, more, Scope::nativeAttempt)
            ? merged.withNativeAttempt(more.nativeAttempt())
            : merged;
    return merged;
  }

  private static boolean adds(Scope known, Scope more, Function<Scope, @Nullable Object> part) {
    return part.apply(known) == null && part.apply(more) != null;
  }
}
