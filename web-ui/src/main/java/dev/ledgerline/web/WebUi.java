// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import com.vaadin.flow.di.LookupInitializer;
import com.vaadin.flow.server.VaadinServlet;
import com.vaadin.flow.server.startup.ErrorNavigationTargetInitializer;
import com.vaadin.flow.server.startup.LookupServletContainerInitializer;
import com.vaadin.flow.server.startup.RouteRegistryInitializer;
import com.vaadin.flow.server.startup.VaadinAppShellInitializer;
import dev.ledgerline.query.Runs;
import dev.ledgerline.web.run.RunView;
import dev.ledgerline.web.runs.RunsView;
import dev.ledgerline.web.search.SearchView;
import dev.ledgerline.web.system.SystemView;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.util.resource.Resource;
import org.eclipse.jetty.util.resource.ResourceFactory;

/** The pages, mounted at {@code /ui/} of a server that has its own routes beside them. */
public final class WebUi implements AutoCloseable {
  /** Every class with a route; a test compares the list with the classpath. */
  static final List<Class<?>> VIEWS =
      List.of(
          Start.class,
          RunsView.class,
          RunView.class,
          SearchView.class,
          SystemView.class,
          NoSuchPage.class);

  /**
   * A session without a sign of life ends after that. An open page gives one every five minutes by
   * itself, so only sessions end whose pages are closed.
   */
  private static final Duration SESSION_IDLE = Duration.ofMinutes(30);

  private final Site site;

  /**
   * @param address where senders reach the server, for the blocks to copy; asked each time, since
   *     the port may not be known yet
   */
  public WebUi(Runs runs, InstantSource clock, Supplier<String> address) {
    this.site = new Site(runs, new Pulse(runs::visible), clock, () -> withoutSlash(address.get()));
    site.pulse().start();
  }

  /**
   * Adds the servlet, its push channel and the static files ({@code /static}, {@code /lumo}) to
   * that context.
   */
  public void mount(ServletContextHandler context) {
    context.setClassLoader(WebUi.class.getClassLoader());
    context.setAttribute(Site.class.getName(), site);
    JakartaWebSocketServletContainerInitializer.configure(context, null);
    context.addServletContainerInitializer(
        new LookupServletContainerInitializer(), LookupInitializer.class);
    context.addServletContainerInitializer(
        new RouteRegistryInitializer(), VIEWS.toArray(Class<?>[]::new));
    context.addServletContainerInitializer(new VaadinAppShellInitializer(), Shell.class);
    context.addServletContainerInitializer(
        new ErrorNavigationTargetInitializer(), NoSuchPage.class);
    context.setBaseResource(staticFiles(context));
    ServletHolder pages = new ServletHolder("ui", VaadinServlet.class);
    pages.setInitOrder(1);
    pages.setAsyncSupported(true);
    pages.setInitParameter("productionMode", "true");
    context.getSessionHandler().setMaxInactiveInterval((int) SESSION_IDLE.toSeconds());
    context.addServlet(pages, "/ui/*");
    context.addServlet(StaticFiles.holder(), "/static/*");
    context.addServlet(StaticFiles.holder(), "/lumo/*");
  }

  /** Every {@code META-INF/resources} of the classpath, as a servlet container would find them. */
  private static Resource staticFiles(ServletContextHandler context) {
    ResourceFactory factory = ResourceFactory.of(context);
    try {
      List<Resource> found = new ArrayList<>();
      for (var url :
          Collections.list(WebUi.class.getClassLoader().getResources("META-INF/resources"))) {
        found.add(factory.newResource(url.toURI()));
      }
      return ResourceFactory.combine(found);
    } catch (IOException | java.net.URISyntaxException e) {
      throw new IllegalStateException("the static files of the pages cannot be read", e);
    }
  }

  private static String withoutSlash(String address) {
    return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
  }

  @Override
  public void close() {
    site.pulse().close();
  }
}
