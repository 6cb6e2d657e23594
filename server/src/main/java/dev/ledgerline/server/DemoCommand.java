// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.samples.Stories;
import dev.ledgerline.samples.Story;
import dev.ledgerline.samples.StoryPlayer;
import dev.ledgerline.server.cli.Failure;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A server of its own, and stories that are told to it. */
@Command(
    name = "demo",
    description = {
      "Start a server and play stories into it, at the speed of people and models,",
      "again and again until Ctrl-C."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final double FAST = 200;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--port", paramLabel = "N", description = "Port to listen on. Default: 7654")
  private String port = "7654";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder to keep. Default: a temporary one, deleted at the end")
  private @Nullable Path data;

  @Option(names = "--once", description = "Tell each story once and end.")
  private boolean once;

  @Option(names = "--fast", description = "Two hundred times faster.")
  private boolean fast;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = data == null ? Files.createTempDirectory("ledgerline-demo-") : data;
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.PORT, port);
    flags.put(Setting.DATA, folder.toString());
    Config config;
    try {
      config = Config.of(flags, System.getenv());
    } catch (BadSettingException e) {
      throw Failure.usage(String.valueOf(e.getMessage()));
    }
    Shutdown shutdown = new Shutdown();
    if (data == null) {
      shutdown.atEnd(() -> Folders.delete(folder));
    }
    Server server = Server.open(config);
    shutdown.atEnd(server);
    server.awaitReady();
    PrintWriter out = spec.commandLine().getOut();
    out.println("Ledgerline is ready on " + server.url());
    out.println("Open it in a browser; Ctrl-C ends the demo.");
    out.flush();
    try (StoryPlayer player =
        new StoryPlayer(URI.create(server.url()), null, fast ? FAST : 1, InstantSource.system())) {
      long seed = 1;
      do {
        playAll(player, seed++, out);
      } while (!once);
    }
    shutdown.now();
    return 0;
  }

  /** All at once, as it would be. */
  private static void playAll(StoryPlayer player, long seed, PrintWriter out)
      throws IOException, InterruptedException {
    try (ExecutorService actors = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> plays = new ArrayList<>();
      for (Story story : Stories.all()) {
        out.println("Playing " + story.name() + ": " + story.about());
        plays.add(
            actors.submit(
                () -> {
                  player.play(story, seed);
                  return null;
                }));
      }
      out.flush();
      for (Future<?> play : plays) {
        play.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a story was not told to its end: " + e.getCause(), e);
    }
  }
}
