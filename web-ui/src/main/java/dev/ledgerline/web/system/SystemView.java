// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.system;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.NativeDetails;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Pre;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import dev.ledgerline.indexer.RunReader.Quarantined;
import dev.ledgerline.query.Status;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.web.Frame;
import dev.ledgerline.web.Shown;
import dev.ledgerline.web.Site;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Positions, lag, the loss ledger and quarantine. */
@Route(value = "system", layout = Frame.class)
@PageTitle("System – Ledgerline")
public final class SystemView extends Div {
  private static final long serialVersionUID = 1L;

  private static final int QUARANTINE_ROWS = 50;
  private static final int MAX_RECORD = 4_096;

  private final transient Site site = Site.here();
  private final Div positions = new Div();
  private final Div ledger = new Div();
  private final Div quarantine = new Div();
  private String quarantineCounts = "";
  private @Nullable Registration following;

  public SystemView() {
    addClassName("ll-page");
    positions.addClassName("ll-facts");
    ledger.addClassName("ll-scroll");
    Span sum =
        new Span("In records: received = stored + duplicates + rejected + in flight, at any time.");
    sum.addClassName("ll-soft");
    add(
        new H1("System"),
        positions,
        new H2("Loss ledger"),
        sum,
        ledger,
        new H2("Quarantine"),
        quarantine);
    refresh();
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
    try {
      Status status = site.runs().status();
      positions.removeAll();
      fact("durable", status.durable().toString());
      fact("indexed", status.indexed().toString());
      fact(
          "behind",
          status.lag().entries() == 0
              ? "nothing"
              : Shown.count(status.lag().entries())
                  + " entries, oldest "
                  + Shown.duration(status.lag().millis()));
      fact("log", Shown.bytes(status.sizes().logBytes()));
      fact("index", Shown.bytes(status.sizes().indexBytes()));
      fact("version", status.version());
      ledger.removeAll();
      ledger.add(table(status));
      String counts =
          status.sources().stream()
              .map(line -> line.source() + " " + line.rejected() + " " + line.quarantined())
              .toList()
              .toString();
      if (!counts.equals(quarantineCounts)) { // else what somebody has opened stays open
        showQuarantine(site.runs().quarantine(null, QUARANTINE_ROWS, null).items());
        quarantineCounts = counts;
      }
    } catch (UnansweredException | IOException e) {
      positions.setText("The state cannot be read: " + e.getMessage());
    }
  }

  private void fact(String name, String value) {
    Span shown = new Span(value);
    shown.addClassName("ll-mono");
    Div fact = new Div(new Span(name), shown);
    fact.addClassName("ll-fact");
    positions.add(fact);
  }

  private static NativeTable table(Status status) {
    NativeTableBody body = new NativeTableBody();
    for (Status.SourceLine line : status.sources()) {
      body.add(
          row(
              Shown.text(line.source()),
              Shown.count(line.received()),
              Shown.count(line.stored()),
              Shown.count(line.duplicates()),
              Shown.count(line.rejected()),
              Shown.count(line.inFlight()),
              Shown.count(line.quarantined())));
    }
    NativeTableRow names = new NativeTableRow();
    for (String name :
        List.of(
            "source",
            "received",
            "= stored",
            "+ duplicates",
            "+ rejected",
            "+ in flight",
            "in quarantine")) {
      names.add(new NativeTableHeaderCell(name));
    }
    NativeTable table = new NativeTable(new NativeTableHeader(names), body);
    table.addClassName("ll-table");
    return table;
  }

  private static NativeTableRow row(String... cells) {
    NativeTableRow row = new NativeTableRow();
    for (String cell : cells) {
      NativeTableCell shown = new NativeTableCell(cell);
      shown.addClassName("ll-num");
      row.add(shown);
    }
    return row;
  }

  private void showQuarantine(List<Quarantined> items) {
    quarantine.removeAll();
    if (items.isEmpty()) {
      Span none = new Span("Nothing was rejected.");
      none.addClassName("ll-soft");
      quarantine.add(none);
    }
    for (Quarantined item : items) {
      var entry = item.entry();
      String where =
          entry.rejection().pointer() == null ? "" : " at " + entry.rejection().pointer();
      byte[] bytes = entry.record();
      String text =
          new String(bytes, 0, Math.min(bytes.length, MAX_RECORD), StandardCharsets.UTF_8);
      Pre record =
          new Pre(
              Shown.text(text)
                  + (bytes.length > MAX_RECORD ? " … (" + Shown.bytes(bytes.length) + ")" : ""));
      record.addClassName("ll-pre");
      Pre replay =
          new Pre(
              "curl -X POST " + site.address().get() + "/v1/quarantine/" + entry.id() + "/replay");
      replay.addClassName("ll-pre");
      quarantine.add(
          new NativeDetails(
              Shown.text(
                  Shown.day(entry.observedAt())
                      + "  "
                      + entry.source()
                      + "  "
                      + entry.rejection().code().word()
                      + where
                      + ": "
                      + entry.rejection().message()
                      + (item.state().equals("open") ? "" : "  (" + item.state() + ")")),
              new Div(
                  record,
                  new Span("Again, as it is (or with a repaired body: add -d '…'):"),
                  replay)));
    }
  }
}
