// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Span;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.web.Address;
import dev.ledgerline.web.Shown;
import dev.ledgerline.web.StateMark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run is, on a few lines. */
final class RunHead extends Div {
  private static final long serialVersionUID = 1L;

  void show(RunSummary run, Instant now) {
    removeAll();
    Div facts = new Div();
    facts.addClassName("ll-facts");
    facts.add(new StateMark(run.state(), run.stateQuality()));
    facts(run, now).forEach(facts::add);
    add(new H1(Shown.text(run.title() != null ? run.title() : run.key().run())), facts);
  }

  private static List<Component> facts(RunSummary run, Instant now) {
    List<Component> facts = new ArrayList<>();
    fact(facts, "because", run.reason());
    fact(
        facts,
        "started",
        Shown.day(run.startedAt())
            + (run.timeQuality() == TimeQuality.INGEST
                ? " (arrival; the source tells no time)"
                : ""));
    Long told = run.durationMillis();
    if (told != null) {
      fact(facts, "took", Shown.duration(told));
    } else if (!run.state().terminal()) {
      fact(
          facts,
          "for",
          Shown.duration(Math.max(0, now.toEpochMilli() - run.startedAt().toEpochMilli())));
      fact(facts, "last heard", Shown.ago(run.lastObservedAt(), now));
    }
    fact(facts, "events", Shown.count(run.events()));
    fact(
        facts,
        "tools",
        run.toolCalls() + (run.failedTools() > 0 ? ", " + run.failedTools() + " failed" : ""));
    fact(facts, "model calls", run.modelCalls() == 0 ? null : Shown.count(run.modelCalls()));
    fact(facts, "errors", run.errors() == 0 ? null : Shown.count(run.errors()));
    var usage = run.usage();
    if (usage != null) {
      fact(
          facts,
          "tokens",
          Shown.tokens(usage.input()) + " in, " + Shown.tokens(usage.output()) + " out");
    }
    fact(facts, "breaches", run.violations() == 0 ? null : Shown.count(run.violations()));
    fact(facts, "run", run.key().run());
    link(
        facts,
        "thread",
        run.thread(),
        run.thread() == null ? "" : Address.runs("thread:" + quoted(run.thread())));
    link(
        facts,
        "task",
        run.task(),
        run.task() == null ? "" : Address.runs("task:" + quoted(run.task())));
    linkRun(facts, "called by", run, run.parentRun());
    linkRun(facts, "continues", run, run.continuesRun());
    fact(
        facts,
        "source",
        run.key().source().equals(run.dialect())
            ? run.dialect()
            : run.key().source() + " (" + run.dialect() + ")");
    return facts;
  }

  private static void linkRun(
      List<Component> facts, String name, RunSummary run, @Nullable String other) {
    link(
        facts,
        name,
        other,
        other == null ? "" : Address.run(new RunKey(run.key().source(), other)));
  }

  private static void link(List<Component> facts, String name, @Nullable String text, String href) {
    if (text != null) {
      facts.add(fact(name, new Anchor(href, Shown.text(text))));
    }
  }

  private static void fact(List<Component> facts, String name, @Nullable String text) {
    if (text != null && !text.isEmpty()) {
      facts.add(fact(name, new Span(Shown.text(text))));
    }
  }

  private static Div fact(String name, Component value) {
    value.addClassName("ll-mono");
    Div fact = new Div(new Span(name), value);
    fact.addClassName("ll-fact");
    return fact;
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
