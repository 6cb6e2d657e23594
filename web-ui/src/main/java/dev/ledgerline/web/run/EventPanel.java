// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.NativeButton;
import com.vaadin.flow.component.html.NativeDetails;
import com.vaadin.flow.component.html.Pre;
import com.vaadin.flow.component.html.Span;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.query.EventView;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.web.Address;
import dev.ledgerline.web.Shown;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One event, whole. */
final class EventPanel extends Div {
  private static final long serialVersionUID = 1L;

  /** Of the original; the rest is one click away at its own address. */
  private static final int MAX_ORIGINAL = 65_536;

  EventPanel() {
    addClassName("ll-panel");
    nothing();
  }

  void nothing() {
    removeAll();
    Span hint = new Span("Choose an event or a step.");
    hint.addClassName("ll-soft");
    add(hint);
  }

  void show(RunKey run, EventView view) {
    removeAll();
    Event event = view.event();
    Span kind = new Span(event.kind().word());
    kind.addClassName("ll-kind");
    kind.getElement().setAttribute("data-group", Shown.group(event.kind()));
    Div flags = new Div();
    for (Flag flag : view.flags()) {
      Span mark = new Span(flag.word().replace('_', ' '));
      mark.addClassName("ll-flag");
      flags.add(mark);
    }
    H2 heading =
        new H2(Shown.text(event.summary().isEmpty() ? event.nativeType() : event.summary()));
    add(kind, heading, flags, facts(run, view));
    String error = errorOf(event.fact());
    if (error != null) {
      Pre text = new Pre(Shown.text(error));
      text.addClassName("ll-pre");
      add(new H2("Error"), text);
    }
    if (view.content() != null && !view.content().isMissingNode()) {
      add(new H2(contentName(event.fact())), content(view));
    }
    NativeDetails record = new NativeDetails("Record", new JsonTree(view.payload().toString()));
    record.setOpen(view.content() == null);
    add(record, original(view));
  }

  private static Component content(EventView view) {
    var content = view.content();
    if (content != null && content.isTextual()) {
      Pre text = new Pre(Shown.text(content.textValue()));
      text.addClassName("ll-pre");
      return text;
    }
    return new JsonTree(String.valueOf(content));
  }

  private static Component original(EventView view) {
    String text = view.original();
    boolean cut = text.length() > MAX_ORIGINAL;
    Pre block = new Pre(Shown.text(cut ? text.substring(0, MAX_ORIGINAL) : text));
    block.addClassName("ll-pre");
    Div inside = new Div();
    if (!cut) {
      NativeButton copy = new NativeButton("copy");
      copy.addClassName("ll-button");
      copy.getElement().setAttribute("data-copy", text);
      inside.add(copy);
    } else {
      inside.add(
          new Span(
              "the first "
                  + Shown.bytes(MAX_ORIGINAL)
                  + " of "
                  + Shown.bytes(view.originalBytes())
                  + "; all of it: GET /v1/runs/…/events/"
                  + view.seq()));
    }
    inside.add(block);
    return new NativeDetails(
        "Original, as received (" + Shown.count(view.originalBytes()) + " bytes)", inside);
  }

  private static DescriptionList facts(RunKey run, EventView view) {
    Event event = view.event();
    DescriptionList list = new DescriptionList();
    if (view.seq() != null) {
      NativeButton copy = new NativeButton("copy link");
      copy.addClassName("ll-button");
      copy.getElement().setAttribute("onclick", "navigator.clipboard.writeText(location.href)");
      Div where =
          new Div(
              new Anchor(Address.event(run, view.seq()), "event " + view.seq()),
              new Span(" "),
              copy);
      list.add(new DescriptionList.Term("where"), new DescriptionList.Description(where));
    }
    add(
        list,
        "when",
        Shown.moment(event.at()) + (event.occurredAt() == null ? " (time of arrival)" : ""));
    add(list, "agent", event.scope().agent());
    EventView.Tool tool = view.tool();
    if (tool != null) {
      add(list, "tool", tool.name());
      add(list, "call", tool.callId());
    }
    add(list, "type", event.nativeType());
    add(list, "dialect", event.dialect());
    add(list, "source", event.source());
    add(list, "turn", event.scope().turn());
    add(list, "task", event.scope().task());
    List<String> unmapped = view.unmapped();
    add(list, "not mapped", unmapped == null ? null : String.join(", ", unmapped));
    add(list, "position", view.position().toString());
    add(list, "id", event.id().toString());
    return list;
  }

  private static void add(DescriptionList list, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      Span shown = new Span(Shown.text(value));
      shown.addClassName("ll-mono");
      list.add(new DescriptionList.Term(name), new DescriptionList.Description(shown));
    }
  }

  private static @Nullable String errorOf(Fact fact) {
    return switch (fact) {
      case Fact.ToolResult result -> result.error();
      case Fact.ModelResponse response -> response.error();
      case Fact.ErrorReported error -> error.message();
      case Fact.SpanRecorded span -> span.error();
      default -> null;
    };
  }

  private static String contentName(Fact fact) {
    return switch (fact) {
      case Fact.ToolCall _ -> "Arguments";
      case Fact.ToolResult _ -> "Result";
      default -> "Text";
    };
  }
}
