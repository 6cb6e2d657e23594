// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MachinePageTest {
  private static final Path PAGE = Path.of("../docs/state-machines.md");

  @Test
  void thePageSaysWhatTheFilesSay() throws Exception {
    String page = MachinePage.make();
    if (Boolean.getBoolean("ledgerline.write-docs")) {
      Files.writeString(PAGE, page);
    }
    assertEquals(
        page,
        Files.exists(PAGE) ? Files.readString(PAGE) : "",
        "write it anew: ./mvnw -pl event-log test -Dtest=MachinePageTest -Dledgerline.write-docs=true");
  }
}
