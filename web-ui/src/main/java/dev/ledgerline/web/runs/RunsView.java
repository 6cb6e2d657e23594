package dev.ledgerline.web.runs;

import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.router.Route;

@Route("runs")
public final class RunsView extends Div {
  private static final long serialVersionUID = 1L;
  public RunsView() { add(new Span("hello")); }
}
