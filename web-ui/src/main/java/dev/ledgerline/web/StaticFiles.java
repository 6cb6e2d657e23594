// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import org.eclipse.jetty.ee10.servlet.ResourceServlet;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** Scripts and style sheets from the classpath. */
final class StaticFiles {
  private StaticFiles() {}

  static ServletHolder holder() {
    ServletHolder files = new ServletHolder(new ResourceServlet());
    files.setInitParameter("pathInfoOnly", "false"); // the prefix is part of where a file stands
    files.setInitParameter("dirAllowed", "false");
    files.setInitParameter("etags", "true");
    files.setInitParameter("cacheControl", "no-cache");
    return files;
  }
}
