// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.collector.dialect.symphony.TrackerStates;
import dev.ledgerline.server.bench.BenchCommand;
import dev.ledgerline.server.cli.Failure;
import dev.ledgerline.server.cli.LintCommand;
import dev.ledgerline.server.cli.RunCommand;
import dev.ledgerline.server.cli.RunsCommand;
import dev.ledgerline.server.cli.SearchCommand;
import dev.ledgerline.server.cli.ShipCommand;
import dev.ledgerline.server.cli.TailCommand;
import dev.ledgerline.server.cli.TaskCommand;
import dev.ledgerline.server.cli.WaitsCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
    name = "ledgerline",
    description = "The flight recorder for agent workflows.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      ShipCommand.class,
      LintCommand.class,
      TailCommand.class,
      RunsCommand.class,
      RunCommand.class,
      TaskCommand.class,
      SearchCommand.class,
      WaitsCommand.class,
      BenchCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 ok, 1 finding, 2 usage, 3 server not reachable.",
      "ledgerline COMMAND --help says more."
    })
final class Main {
  public static void main(String[] args) throws IOException {
    try (InputStream logging = Main.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(logging);
    }
    System.exit(commandLine(System.in).execute(args));
  }

  static CommandLine commandLine(InputStream input) {
    return new CommandLine(new Main(), new Factory(input))
        .setExecutionExceptionHandler((e, command, parsed) -> Failure.explain(e, command.getErr()))
        .setParameterExceptionHandler(Main::explain)
        .setUsageHelpAutoWidth(true);
  }

  /** An unknown option is answered with the nearest known one, everything else with the usage. */
  private static int explain(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
      String option = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
      List<String> known = List.copyOf(command.getCommandSpec().optionsMap().keySet());
      err.println(
          "ledgerline: " + BadSettingException.unknown("option", option, known).getMessage());
      return Failure.USAGE;
    }
    err.println(e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      command.usage(err);
    }
    return Failure.USAGE;
  }

  /** Makes the commands, and hands the input to the one that reads it. */
  private record Factory(InputStream input) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (type == ShipCommand.class) {
        return type.cast(new ShipCommand(input));
      }
      return type == LintCommand.class
          ? type.cast(new LintCommand(input, Server.dialects(TrackerStates.USUAL)))
          : CommandLine.defaultFactory().create(type);
    }
  }
}
