// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.query.Query.FieldTerm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A query asked of one event, without an index: for the live tail. Fields of runs cannot be asked
 * here, the run is not known yet. Safe for use by many threads.
 */
public final class EventPredicate {
  private final Predicate<Subject> predicate;

  private EventPredicate(Predicate<Subject> predicate) {
    this.predicate = predicate;
  }

  /**
   * @param now what relative times count from
   * @throws BadQueryException it asks for fields of runs
   */
  public static EventPredicate of(Query query, Instant now) throws BadQueryException {
    return new EventPredicate(compile(query, now));
  }

  /**
   * Whether the event matches.
   *
   * @param original the record that the event came from, UTF-8
   */
  public boolean test(Event event, byte[] original) {
    return test(event, event.scope(), original);
  }

  /**
   * Whether the event matches, as one of a run.
   *
   * @param known whose the run is, as far as is known, for what the event does not say itself
   */
  public boolean test(Event event, Scope known, byte[] original) {
    return predicate.test(new Subject(event, known, original));
  }

  private static Predicate<Subject> compile(Query query, Instant now) throws BadQueryException {
    return switch (query) {
      case Query.All() -> subject -> true;
      case Query.And(List<Query> parts) -> {
        Predicate<Subject> all = subject -> true;
        for (Query part : parts) {
          all = all.and(compile(part, now));
        }
        yield all;
      }
      case Query.Or(List<Query> parts) -> {
        Predicate<Subject> any = subject -> false;
        for (Query part : parts) {
          any = any.or(compile(part, now));
        }
        yield any;
      }
      case Query.Not(Query part) -> compile(part, now).negate();
      case Query.WordTerm(String word, boolean prefix) -> {
        TextMatch match = TextMatch.word(word, prefix);
        yield subject -> subject.hasText(match);
      }
      case Query.PhraseTerm(String phrase) -> {
        TextMatch match = TextMatch.phrase(phrase);
        yield subject -> subject.hasText(match);
      }
      case FieldTerm term -> compile(term, now);
    };
  }

  private static Predicate<Subject> compile(FieldTerm term, Instant now) throws BadQueryException {
    TermValue.check(term);
    return switch (term.field()) {
      case RUN -> value(term, event -> event.scope().run());
      case THREAD -> ofRun(term, Scope::thread);
      case TASK -> ofRun(term, Scope::task);
      case SOURCE -> value(term, Event::source);
      case DIALECT -> value(term, Event::dialect);
      case AGENT -> ofRun(term, Scope::agent);
      case TOOL -> value(term, event -> tool(event.fact()));
      case CALL -> value(term, event -> call(event.fact()));
      case TYPE -> value(term, Event::nativeType);
      case KIND -> {
        Set<Kind> kinds = Set.copyOf(TermValue.constants(term, Kind.class));
        yield subject -> kinds.contains(subject.event.kind());
      }
      case FLAG -> {
        List<Flag> flags = TermValue.constants(term, Flag.class);
        yield subject -> flags.stream().anyMatch(subject.event.flags()::contains);
      }
      case OCCURRED -> {
        TimeRange times = TermValue.times(term, now);
        yield subject -> {
          Instant occurredAt = subject.event.occurredAt();
          return occurredAt != null && times.contains(occurredAt);
        };
      }
      case OBSERVED -> {
        TimeRange times = TermValue.times(term, now);
        yield subject -> times.contains(subject.event.observedAt());
      }
      case TEXT -> {
        TextMatch match = TextMatch.word(term.value(), term.prefix());
        yield subject -> subject.hasText(match);
      }
      case ERROR -> {
        TextMatch match = TextMatch.word(term.value(), term.prefix());
        yield subject -> errors(subject.event.fact()).anyMatch(match::matches);
      }
      case PARENT,
          STATE,
          VERDICT,
          TITLE,
          TRACE,
          STARTED,
          ENDED,
          DURATION,
          EVENTS,
          ERRORS,
          TOKENS,
          COST,
          WAITS,
          HAS ->
          throw new BadQueryException(
              term.field().word()
                  + " is a field of runs; here only fields of events can be asked: kind agent tool"
                  + " call type occurred observed flag text error run thread task source dialect");
    };
  }

  private interface Property {
    @Nullable String of(Event event);
  }

  private static Predicate<Subject> value(FieldTerm term, Property property) {
    return subject -> equal(term, property.of(subject.event));
  }

  private interface Name {
    @Nullable String of(Scope scope);
  }

  private static Predicate<Subject> ofRun(FieldTerm term, Name name) {
    return subject -> {
      String own = name.of(subject.event.scope());
      return equal(term, own == null ? name.of(subject.known) : own);
    };
  }

  private static boolean equal(FieldTerm term, @Nullable String value) {
    return value != null
        && (term.prefix() ? value.startsWith(term.value()) : value.equals(term.value()));
  }

  private static @Nullable String tool(Fact fact) {
    return switch (fact) {
      case Fact.ToolCall call -> call.name();
      case Fact.ToolProgress progress -> progress.name();
      case Fact.ToolResult result -> result.name();
      case Fact.SpanRecorded span -> span.stepKind() == StepKind.TOOL ? span.name() : null;
      default -> null;
    };
  }

  private static @Nullable String call(Fact fact) {
    return switch (fact) {
      case Fact.ToolCall call -> call.callId();
      case Fact.ToolProgress progress -> progress.callId();
      case Fact.ToolResult result -> result.callId();
      case Fact.ModelRequest request -> request.callId();
      case Fact.ModelResponse response -> response.callId();
      case Fact.WaitOpened wait -> wait.callId();
      case Fact.SpanRecorded span -> span.callId();
      default -> null;
    };
  }

  private static Stream<String> errors(Fact fact) {
    Stream<@Nullable String> errors =
        switch (fact) {
          case Fact.ErrorReported error ->
              Stream.of(error.category(), error.code(), error.message());
          case Fact.ToolResult result -> Stream.of(result.error());
          case Fact.ModelResponse response -> Stream.of(response.error());
          case Fact.RetryScheduled retry -> Stream.of(retry.error());
          case Fact.SpanRecorded span -> Stream.of(span.error());
          case Fact.StateChange change when change.to() == State.FAILED ->
              Stream.of(change.reason());
          default -> Stream.of();
        };
    return errors.filter(Objects::nonNull).map(String::valueOf);
  }

  /** One event with its text, which is taken apart only if somebody asks for it. */
  private static final class Subject {
    private final Event event;
    private final Scope known;
    private final byte[] original;
    private @Nullable List<String> texts;

    Subject(Event event, Scope known, byte[] original) {
      this.event = event;
      this.known = known;
      this.original = original;
    }

    boolean hasText(TextMatch match) {
      List<String> known = texts;
      if (known == null) {
        known = new ArrayList<>();
        RecordText.each(original, known::add);
        names(event.scope(), known);
        texts = known;
      }
      return known.stream().anyMatch(match::matches);
    }

    /** Those of the context headers and of the dialect may not be in the record. */
    private static void names(Scope scope, List<String> texts) {
      Stream.of(scope.run(), scope.thread(), scope.task(), scope.agent())
          .filter(Objects::nonNull)
          .map(String::valueOf)
          .forEach(texts::add);
    }
  }
}
