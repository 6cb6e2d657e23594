// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.server.VaadinService;
import dev.ledgerline.query.Runs;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What pages work with.
 *
 * @param address where senders reach the server, without a slash at the end
 */
public record Site(Runs runs, Pulse pulse, InstantSource clock, Supplier<String> address) {
  /** The one of the page that is being served. */
  public static Site here() {
    return VaadinService.getCurrent().getContext().getAttribute(Site.class);
  }
}
