// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.NativeButton;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEvent;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.HasUrlParameter;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.WildcardParameter;
import com.vaadin.flow.shared.Registration;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.query.EventView;
import dev.ledgerline.query.RunWait;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.web.Address;
import dev.ledgerline.web.Frame;
import dev.ledgerline.web.Shown;
import dev.ledgerline.web.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One run: what it is, its timeline, its events, one of them whole. */
@Route(value = "run", layout = Frame.class)
public final class RunView extends Div implements HasUrlParameter<String>, HasDynamicTitle {
  private static final long serialVersionUID = 1L;

  /**
   * A run with more events than this draws its timeline anew every few seconds only, while it
   * grows.
   */
  private static final long LARGE = 5_000;

  private static final long LARGE_PAUSE_MILLIS = 3_000;

  private static final Map<String, Set<Kind>> NARROWINGS = new LinkedHashMap<>();

  static {
    NARROWINGS.put("all", Set.of());
    NARROWINGS.put("errors", Set.of(Kind.ERROR));
    NARROWINGS.put("states", Set.of(Kind.STATE, Kind.CONTROL));
    NARROWINGS.put("waits", Set.of(Kind.WAIT_OPENED, Kind.WAIT_RESOLVED));
    NARROWINGS.put("tools", Set.of(Kind.TOOL_CALL, Kind.TOOL_PROGRESS, Kind.TOOL_RESULT));
    NARROWINGS.put("models", Set.of(Kind.LLM_REQUEST, Kind.LLM_RESPONSE, Kind.REASONING));
    NARROWINGS.put("messages", Set.of(Kind.MESSAGE, Kind.MESSAGE_DELTA));
    NARROWINGS.put("artifacts", Set.of(Kind.ARTIFACT));
  }

  private final transient Site site = Site.here();
  private final transient Runs runs = site.runs();
  private final transient InstantSource clock = site.clock();
  private final RunHead head = new RunHead();
  private final Div waits = new Div();
  private final Timeline timeline = new Timeline(this::timelineData, this::choose);
  private final Div narrowings = new Div();
  private final Span cut =
      new Span("the first " + Shown.count(EventGrid.MAX_NARROWED) + "; more in the search");
  private final EventGrid events = new EventGrid(runs, this::choose);
  private final EventPanel panel = new EventPanel();
  private @Nullable RunSummary shown;
  private String narrowing = "all";
  private long chosen;
  private long timelineDrawnAt;
  private boolean timelineIsOld;
  private @Nullable Registration following;

  public RunView() {
    addClassName("ll-page");
    getElement().setAttribute("data-keys", true);
    getElement()
        .addEventListener("page-key", e -> key(e.getEventData().get("event.detail.key").asString()))
        .addEventData("event.detail.key");
    narrowings.addClassName("ll-chips");
    cut.addClassName("ll-soft");
  }

  @Override
  public void setParameter(BeforeEvent event, @WildcardParameter String id) {
    String source = Address.value(event.getLocation(), "source");
    String seq = Address.value(event.getLocation(), "event");
    String wanted = Address.value(event.getLocation(), "show");
    narrowing = NARROWINGS.containsKey(wanted) ? wanted : "all";
    try {
      RunSummary run = runs.run(id, source.isEmpty() ? null : source);
      boolean another = shown == null || !shown.key().equals(run.key());
      shown = run;
      if (another) {
        removeAll();
        Div list = new Div(narrowings, events);
        Div split = new Div(list, panel);
        split.addClassName("ll-split");
        add(head, waits, timeline, split);
        panel.nothing();
        timeline.reload();
      }
      head.show(run, clock.instant());
      openWaits(run);
      chips();
      events.show(run.key(), NARROWINGS.getOrDefault(narrowing, Set.of()), run.events());
      cut.setVisible(events.isCut());
      chosen = number(seq);
      if (chosen > 0) {
        open(chosen);
      }
    } catch (UnansweredException.Ambiguous e) {
      ambiguous(id, e.sources());
    } catch (UnansweredException e) {
      removeAll();
      shown = null;
      add(new H1(Shown.text(e.getMessage())), new Paragraph(new Anchor("runs", "All runs")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String getPageTitle() {
    RunSummary run = shown;
    return (run == null ? "Run" : Shown.text(run.title() != null ? run.title() : run.key().run()))
        + " – Ledgerline";
  }

  @Override
  protected void onAttach(AttachEvent event) {
    following = site.pulse().follow(event.getUI(), this::refresh);
  }

  @Override
  protected void onDetach(DetachEvent event) {
    if (following != null) {
      following.remove();
    }
  }

  private void refresh() {
    RunSummary before = shown;
    if (before == null) {
      return;
    }
    try {
      RunSummary now = runs.run(before.key().run(), before.key().source());
      boolean grew = now.events() != before.events();
      timelineIsOld |= grew || !now.state().terminal();
      if (!timelineIsOld) {
        return;
      }
      shown = now;
      head.show(now, clock.instant());
      if (grew) {
        openWaits(now);
        events.grew(now.events());
        cut.setVisible(events.isCut());
      }
      if (now.events() <= LARGE || clock.millis() - timelineDrawnAt > LARGE_PAUSE_MILLIS) {
        timelineIsOld = false;
        timeline.reload();
      }
    } catch (UnansweredException e) {
      // It was there a moment ago; the next pulse asks again.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] timelineData() {
    RunSummary run = shown;
    if (run == null) {
      return "{}".getBytes(StandardCharsets.UTF_8);
    }
    timelineDrawnAt = clock.millis();
    try {
      return TimelineData.of(runs.skeleton(run.key()), clock.instant());
    } catch (UnansweredException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void openWaits(RunSummary run) throws UnansweredException, IOException {
    waits.removeAll();
    if (run.openWaits() == 0) {
      return;
    }
    for (RunWait wait : runs.waits(run.key())) {
      if (wait.interval().open()) {
        Span what = new Span("Waits for " + wait.interval().kind().word().replace('_', ' '));
        what.getElement().getStyle().set("font-weight", "600");
        Span since =
            new Span(
                " since "
                    + Shown.day(wait.interval().openedAt())
                    + ", "
                    + Shown.ago(wait.interval().openedAt(), clock.instant()));
        since.addClassName("ll-soft");
        Div box = new Div(what, since, new Div(Shown.text(wait.interval().prompt())));
        box.addClassName("ll-open-wait");
        waits.add(box);
      }
    }
  }

  private void chips() {
    narrowings.removeAll();
    NARROWINGS.forEach(
        (name, _) -> {
          NativeButton chip = new NativeButton(name, _ -> go(chosen, name));
          chip.addClassName("ll-chip");
          chip.getElement()
              .setAttribute("data-on", name.equals(narrowing))
              .setAttribute("aria-pressed", Boolean.toString(name.equals(narrowing)));
          narrowings.add(chip);
        });
    narrowings.add(cut);
  }

  /** Opens an event, and puts it into the address without leaving the page. */
  private void choose(long seq) {
    RunSummary run = shown;
    if (run == null || seq < 1 || seq > run.events()) {
      return;
    }
    chosen = seq;
    open(seq);
    UI.getCurrent().getPage().getHistory().replaceState(null, address(run, seq, narrowing));
  }

  private void go(long seq, String show) {
    RunSummary run = shown;
    if (run != null) {
      UI.getCurrent().navigate(address(run, seq, show));
    }
  }

  private static String address(RunSummary run, long seq, String show) {
    return Address.run(run.key())
        + (seq > 0 ? "&event=" + seq : "")
        + (show.equals("all") ? "" : "&show=" + show);
  }

  private void open(long seq) {
    RunSummary run = shown;
    if (run == null) {
      return;
    }
    try {
      EventView event = runs.event(run.key(), seq);
      panel.show(run.key(), event);
      events.choose(seq);
      timeline.select(seq);
    } catch (UnansweredException e) {
      panel.nothing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void key(String key) {
    RunSummary run = shown;
    if (run == null) {
      return;
    }
    switch (key) {
      case "j" -> choose(Math.min(run.events(), chosen + 1));
      case "k" -> choose(Math.max(1, chosen - 1));
      case "[" -> choose(1);
      case "]" -> choose(run.events());
      case "n" -> chooseNext(run, Set.of(Kind.ERROR, Kind.TOOL_RESULT));
      case "t" -> chooseNext(run, Set.of(Kind.STATE));
      case "h" -> chooseNext(run, Set.of(Kind.WAIT_OPENED));
      default -> {}
    }
  }

  /**
   * The next event of those kinds, from the top again after the last; of tool results only the
   * failed ones count.
   */
  private void chooseNext(RunSummary run, Set<Kind> kinds) {
    try {
      long next = next(run.key(), kinds, chosen);
      next = next > 0 ? next : next(run.key(), kinds, 0);
      if (next > 0) {
        choose(next);
      }
    } catch (UnansweredException e) {
      panel.nothing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Zero where none comes after {@code from}. */
  private long next(RunKey run, Set<Kind> kinds, long from)
      throws UnansweredException, IOException {
    Page<EventView> page;
    String cursor = null;
    do {
      page = runs.events(run, from, kinds, Runs.MAX_PAGE, cursor);
      for (EventView event : page.items()) {
        Long seq = event.seq();
        if (seq != null && isMeant(event.event().fact())) {
          return seq;
        }
      }
      cursor = page.next();
    } while (cursor != null);
    return 0;
  }

  private static boolean isMeant(Fact fact) {
    return !(fact instanceof Fact.ToolResult result) || result.outcome() == ToolOutcome.FAILED;
  }

  private void ambiguous(String id, List<String> sources) {
    removeAll();
    shown = null;
    add(new H1("Several sources have a run " + Shown.text(id)));
    sources.forEach(
        source ->
            add(
                new Paragraph(
                    new Anchor(Address.run(new RunKey(source, id)), Shown.text(source)))));
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }
}
