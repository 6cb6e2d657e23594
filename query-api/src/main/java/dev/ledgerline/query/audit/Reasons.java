// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.query.RunWait;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.audit.Why.Actor;
import dev.ledgerline.query.audit.Why.Cause;
import dev.ledgerline.query.audit.Why.Cost;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import dev.ledgerline.run.audit.History;
import dev.ledgerline.run.audit.RunTime;
import dev.ledgerline.run.audit.TimeClass;
import dev.ledgerline.run.audit.TimeLedger;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds why runs and tasks are not done yet. */
final class Reasons {
  /** Generations of child runs that are looked into. */
  private static final int MAX_DEPTH = 4;

  /** Child runs that go on and are looked at, the newest. */
  private static final int MAX_CHILDREN = 20;

  /** A retry that is so much overdue does not come by itself; Symphony polls every 30 s. */
  private static final Duration OVERDUE = Duration.ofMinutes(2);

  private final Runs runs;
  private final Kinship kinship;

  Reasons(Runs runs, Kinship kinship) {
    this.runs = runs;
    this.kinship = kinship;
  }

  Why ofRun(RunSummary run) throws UnansweredException, IOException {
    return ofRun(run, 0);
  }

  private Why ofRun(RunSummary run, int depth) throws UnansweredException, IOException {
    History history = runs.history(run.key());
    Told told = new Told(run, cost(history));
    List<Wait> open =
        history.waits().stream()
            .filter(Wait::open)
            .sorted(Comparator.comparing(Wait::openedAt))
            .toList();
    boolean over = run.state().terminal() && run.state() != State.SUSPENDED;
    if (run.state() == State.LOST) {
      return told.lost();
    }
    if (over || (run.state() == State.SUSPENDED && open.isEmpty())) {
      return told.ended();
    }
    Wait oldest = open.isEmpty() ? null : open.getFirst();
    if (oldest != null && Actor.of(oldest.kind()) != Actor.NOBODY) {
      return told.waits(oldest, open.size());
    }
    Why child = depth < MAX_DEPTH ? stuckChild(run, depth) : null;
    if (child != null) {
      return told.hangsOn(child);
    }
    if (oldest != null) {
      return told.waits(oldest, open.size());
    }
    return switch (run.state()) {
      case QUEUED -> told.queued(history);
      case PAUSED -> told.paused(history);
      default -> runs.hasStalled(run) ? told.stalled(history) : told.runs(history);
    };
  }

  private @Nullable Why stuckChild(RunSummary run, int depth)
      throws UnansweredException, IOException {
    List<RunSummary> children =
        kinship.children(run.key()).reversed().stream()
            .filter(child -> !child.state().terminal() || child.state() == State.LOST)
            .limit(MAX_CHILDREN)
            .toList();
    for (RunSummary child : children) {
      Why why = ofRun(child, depth + 1);
      if (why.stuck()) {
        return why;
      }
    }
    return null;
  }

  private Cost cost(History history) {
    Instant now = runs.now();
    RunSummary run = history.run();
    Instant end = run.endedAt() != null ? run.endedAt() : later(now, run.startedAt());
    long duration = Duration.between(run.startedAt(), end).toMillis();
    long waiting = waiting(RunTime.of(history, List.of(), now).whole());
    return new Cost(Math.max(0, duration), waiting, 1, run.usage());
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static long waiting(TimeLedger ledger) {
    return ledger.millis().entrySet().stream()
        .filter(entry -> entry.getKey().compareTo(TimeClass.TOOL) < 0)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Sentences about one run. */
  private record Told(RunSummary run, Cost cost) {
    Why waits(Wait wait, int howMany) {
      Actor actor = Actor.of(wait.kind());
      String prompt = wait.prompt() == null ? "" : ": " + wait.prompt();
      String others = howMany == 1 ? "" : ", and " + (howMany - 1) + " more";
      return new Why(
          run.state() != State.RUNNING && actor != Actor.NOBODY,
          Cause.of(wait.kind()),
          wait.openedAt(),
          "it waits for " + what(wait.kind()) + prompt + others,
          actor,
          toDo(wait.kind(), prompt),
          run.key(),
          new RunWait(run, wait),
          null,
          cost);
    }

    private static String what(WaitKind kind) {
      return switch (kind) {
        case HUMAN_INPUT -> "a human's answer";
        case APPROVAL -> "an approval";
        case REVIEW -> "a review";
        case AUTH -> "somebody to sign in";
        case TOOL_OUTPUT -> "the output of a tool that somebody else runs";
        case EXTERNAL -> "something outside";
        case CHILD -> "a run that it called";
        case TIMER -> "a timer";
        case CAPACITY -> "a place to run";
      };
    }

    private static @Nullable String toDo(WaitKind kind, String prompt) {
      return switch (kind) {
        case HUMAN_INPUT -> "answer" + prompt;
        case APPROVAL -> "approve or deny" + prompt;
        case REVIEW -> "review" + prompt;
        case AUTH -> "sign in" + prompt;
        case TOOL_OUTPUT -> "hand in the output of the tool" + prompt;
        case EXTERNAL -> "see to what it waits for" + prompt;
        case CAPACITY -> "free a place, or allow more at once";
        case CHILD, TIMER -> null;
      };
    }

    Why lost() {
      return by(
          true,
          Cause.LOST,
          run.lastObservedAt(),
          "it did not end and says nothing since; "
              + (run.reason() == null ? "it counts as lost" : run.reason()),
          Actor.OPERATOR,
          "see whether its process still runs; what it was to do may be done all the same");
    }

    Why ended() {
      String why = run.reason() == null ? "" : ": " + run.reason();
      return by(
          false,
          Cause.ENDED,
          run.endedAt(),
          "it ended as " + run.state().word() + why,
          Actor.NOBODY,
          null);
    }

    Why hangsOn(Why child) {
      String name = child.run() == null ? "" : " " + child.run().run();
      return new Why(
          true,
          Cause.CHILD,
          child.since(),
          "a run that it called" + name + ": " + child.because(),
          child.mustAct(),
          child.toDo(),
          child.run(),
          child.waiting(),
          child.nextAt(),
          cost);
    }

    Why queued(History history) {
      return by(
          true,
          Cause.CAPACITY,
          entered(history),
          "it is queued",
          Actor.OPERATOR,
          "free a place, or allow more at once");
    }

    Why paused(History history) {
      return by(
          true, Cause.PAUSED, entered(history), "it was paused", Actor.OPERATOR, "let it go on");
    }

    Why stalled(History history) {
      String step = openStep(history).map(open -> "; " + open).orElse("");
      return by(
          true,
          Cause.STALLED,
          run.lastObservedAt(),
          "no event since " + run.lastObservedAt() + step,
          Actor.OPERATOR,
          "see whether it still works, or end it");
    }

    Why runs(History history) {
      String step = openStep(history).map(open -> "; " + open).orElse("");
      return by(
          false,
          Cause.RUNNING,
          entered(history),
          "it is " + run.state().word() + ", newest event at " + run.lastObservedAt() + step,
          Actor.NOBODY,
          null);
    }

    private Why by(
        boolean stuck,
        Cause cause,
        @Nullable Instant since,
        String because,
        Actor actor,
        @Nullable String toDo) {
      return new Why(stuck, cause, since, because, actor, toDo, run.key(), null, null, cost);
    }

    /** When it came into the state that it is in. */
    private Instant entered(History history) {
      return history.states().reversed().stream()
          .filter(change -> change.legal() && change.to() == run.state())
          .map(change -> change.at())
          .findFirst()
          .orElse(run.startedAt());
    }

    /** The newest call that has no answer. */
    private static Optional<String> openStep(History history) {
      return history.steps().stream()
          .filter(step -> step.endedAt() == null)
          .filter(step -> step.kind() == StepKind.TOOL || step.kind() == StepKind.MODEL)
          .max(Comparator.comparing(Step::startedAt))
          .map(
              step ->
                  step.kind().word()
                      + (step.name() == null ? "" : " " + step.name())
                      + " has not answered since "
                      + step.startedAt());
    }
  }

  Why ofTask(Task task, List<Retry> retries, List<Finding> found, TaskTime time)
      throws UnansweredException, IOException {
    Cost cost = cost(task, time);
    Finding loop =
        found.stream()
            .filter(finding -> finding.kind() == Finding.Kind.RUN_LOOP)
            .reduce((a, b) -> b)
            .orElse(null);
    if (loop != null && !task.state().terminal() && goesOnLooping(task, loop)) {
      return new Why(
          true,
          Cause.LOOP,
          loop.since(),
          loop.message() + "; it gets nowhere although each run says that it completed",
          Actor.OPERATOR,
          "look at the last turn of a run: it may have failed; stop the task until then",
          null,
          null,
          task.nextAttemptAt(),
          cost);
    }
    Retry last = retries.isEmpty() ? null : retries.getLast();
    if (task.state() == State.RETRY_SCHEDULED) {
      return scheduled(task, last, cost);
    }
    if (task.attempts().isEmpty() || task.state() == State.RELEASED) {
      return over(task, cost);
    }
    Task.Attempt newest = newest(task);
    Why why = ofRun(runs.run(newest.run(), newest.source()));
    boolean itself = why.stuck() || why.cause() == Cause.RUNNING || task.state().terminal();
    return itself ? costing(why, cost) : unclear(task, why, cost);
  }

  private static Task.Attempt newest(Task task) {
    return task.attempts().stream()
        .max(Comparator.comparing(Task.Attempt::startedAt))
        .orElseThrow();
  }

  /** Whether nothing but the loop came since it was seen. */
  private static boolean goesOnLooping(Task task, Finding loop) {
    String last = loop.runs().getLast();
    List<Task.Attempt> attempts = task.attempts();
    int from = Math.max(0, attempts.size() - 2);
    return attempts.subList(from, attempts.size()).stream()
        .anyMatch(attempt -> attempt.run().equals(last));
  }

  private Why scheduled(Task task, @Nullable Retry last, Cost cost) {
    Instant due = task.nextAttemptAt();
    boolean overdue = due != null && runs.now().isAfter(due.plus(OVERDUE));
    boolean capacity = last != null && last.lacksCapacity();
    String error = last == null || last.error() == null ? "" : " after: " + last.error();
    String attempt = last == null || last.attempt() == null ? "" : " " + last.attempt();
    return new Why(
        overdue,
        capacity ? Cause.CAPACITY : Cause.TIMER,
        last == null ? null : last.at(),
        overdue
            ? "attempt" + attempt + " was due and did not begin" + error
            : "attempt" + attempt + " is scheduled" + error,
        overdue || capacity ? Actor.OPERATOR : Actor.NOBODY,
        overdue
            ? "see whether the orchestrator runs and has a place free"
            : capacity ? "free a place, or allow more at once" : null,
        null,
        null,
        due,
        cost);
  }

  private static Why over(Task task, Cost cost) {
    boolean over = task.state().terminal();
    return new Why(
        false,
        over ? Cause.ENDED : Cause.UNKNOWN,
        null,
        "it is " + task.state().word(),
        Actor.NOBODY,
        null,
        null,
        null,
        null,
        cost);
  }

  /** Its newest run is over, and what its source says of the task itself is another thing. */
  private static Why unclear(Task task, Why run, Cost cost) {
    boolean waits = task.state() == State.WAITING;
    return new Why(
        waits,
        Cause.UNKNOWN,
        run.since(),
        "it is "
            + task.state().word()
            + " by its source's word; of its newest run: "
            + run.because(),
        waits ? Actor.OPERATOR : Actor.NOBODY,
        waits ? "see in its source what it waits for" : null,
        run.run(),
        null,
        null,
        cost);
  }

  private static Why costing(Why why, Cost cost) {
    return new Why(
        why.stuck(),
        why.cause(),
        why.since(),
        why.because(),
        why.mustAct(),
        why.toDo(),
        why.run(),
        why.waiting(),
        why.nextAt(),
        cost);
  }

  private Cost cost(Task task, TaskTime time) throws UnansweredException, IOException {
    TokenUsage usage = null;
    for (RunSummary run : runs.runsOfTask(task.id(), Runs.MAX_PAGE, null).items()) {
      TokenUsage more = run.usage();
      usage = usage == null ? more : more == null ? usage : usage.plus(more);
    }
    int attempts = task.attempts().isEmpty() ? 0 : task.attempts().getLast().number();
    return new Cost(time.totalMillis(), waiting(time.between()), attempts, usage);
  }
}
