// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.Tag;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.server.streams.DownloadHandler;
import com.vaadin.flow.server.streams.DownloadResponse;
import java.io.ByteArrayInputStream;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * The canvas of {@code ledgerline-timeline.js}. It fetches its data itself, so a large run does not
 * pass through push.
 */
@Tag("ledgerline-timeline")
@JsModule("context://static/ledgerline-timeline.js")
final class Timeline extends Component {
  private static final long serialVersionUID = 1L;

  /**
   * @param data the JSON of {@link TimelineData}, made when the page asks for it
   * @param chosen is told the first event of a step that somebody chose
   */
  Timeline(Supplier<byte[]> data, LongConsumer chosen) {
    getElement()
        .setAttribute(
            "src",
            DownloadHandler.fromInputStream(
                    _ -> {
                      byte[] json = data.get();
                      return new DownloadResponse(
                          new ByteArrayInputStream(json),
                          "timeline.json",
                          "application/json",
                          json.length);
                    })
                .inline());
    getElement()
        .addEventListener(
            "step-select", e -> chosen.accept(e.getEventData().get("event.detail.seq").asLong()))
        .addEventData("event.detail.seq");
  }

  void reload() {
    getElement().callJsFunction("reload");
  }

  void select(long seq) {
    getElement().callJsFunction("select", seq);
  }
}
