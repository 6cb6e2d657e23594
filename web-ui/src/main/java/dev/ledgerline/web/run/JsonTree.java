// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web.run;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.Tag;
import com.vaadin.flow.component.dependency.JsModule;

/** JSON of an agent as a tree, text nodes only. */
@Tag("ledgerline-json")
@JsModule("context://static/ledgerline-json.js")
final class JsonTree extends Component {
  private static final long serialVersionUID = 1L;

  JsonTree(String json) {
    getElement().setProperty("json", json);
  }
}
