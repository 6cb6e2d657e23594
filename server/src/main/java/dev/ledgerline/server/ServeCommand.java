// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.server.cli.Failure;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Runs the server until it is told to stop. */
@Command(
    name = "serve",
    description = "Run the server.",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Each option is also a variable (--max-depth: LEDGERLINE_MAX_DEPTH) and a key of the",
      "--config file (max-depth). A flag wins over a variable, a variable over the file."
    })
final class ServeCommand implements Callable<Integer> {
  private CommandSpec spec = CommandSpec.create();

  /** Called by picocli before it parses: every setting becomes an option. */
  @Spec(Target.SELF)
  void setSpec(CommandSpec spec) {
    this.spec = spec;
    for (Setting setting : Setting.values()) {
      OptionSpec.Builder option =
          OptionSpec.builder(setting.flag())
              .type(setting.repeats() ? String[].class : String.class)
              .description(
                  setting.description
                      + (setting.fallback == null || setting.isSwitch()
                          ? ""
                          : " Default: " + setting.fallback));
      if (setting.isSwitch()) {
        option.arity("0..1").fallbackValue("true").paramLabel("true|false");
      } else {
        option.paramLabel(String.valueOf(setting.value));
      }
      spec.addOption(option.build());
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Config config;
    try {
      config = Config.of(flags(), System.getenv());
    } catch (BadSettingException e) {
      throw Failure.usage(String.valueOf(e.getMessage()));
    }
    Shutdown shutdown = new Shutdown();
    Server server = Server.open(config);
    shutdown.atEnd(server);
    server.awaitReady();
    System.out.println("Ledgerline is ready on " + server.url());
    System.out.flush();
    new CountDownLatch(1).await(); // until a signal
    return 0;
  }

  private Map<Setting, String> flags() {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      Object value = spec.findOption(setting.flag()).getValue();
      if (value instanceof String[] several) {
        flags.put(setting, String.join(Setting.SEPARATOR, several));
      } else if (value != null) {
        flags.put(setting, (String) value);
      }
    }
    return flags;
  }
}
