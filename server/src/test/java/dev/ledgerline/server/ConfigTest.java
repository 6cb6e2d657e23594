// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.collector.scrape.ScrapeTarget;
import dev.ledgerline.indexer.Silence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void whatATrackersStatesMeanCanBeSaid() throws Exception {
    Config usual = Config.of(Map.of(), Map.of());
    assertTrue(usual.trackerStates().meanDone("human review"));
    Config own = Config.of(Map.of(Setting.TRACKER_DONE, "Shipped, Ready for QA"), Map.of());
    assertTrue(own.trackerStates().meanDone("ready for qa"));
    assertFalse(own.trackerStates().meanDone("Done"));
  }

  @Test
  void withoutAnyWordItIsSafeAndLocal() throws Exception {
    Config config = Config.of(Map.of(), Map.of());
    assertEquals("127.0.0.1", config.host());
    assertEquals(7654, config.port());
    assertTrue(config.isLoopback());
    assertTrue(config.index());
  }

  @Test
  void aFlagWinsOverAVariableAndAVariableOverTheFile() throws Exception {
    Path file = write("settings.properties", "port=1\nstalled-after=1h\nmax-depth=7\n");
    Config config =
        Config.of(
            Map.of(Setting.PORT, "3", Setting.CONFIG, file.toString()),
            Map.of("LEDGERLINE_PORT", "2", "LEDGERLINE_STALLED_AFTER", "90s", "HOME", "/"));
    assertEquals(3, config.port());
    assertEquals(Duration.ofSeconds(90), config.silence().stalled().usual());
    assertEquals(7, config.limits().depth());
  }

  @Test
  void silenceIsBorneByAgent() throws Exception {
    Config config =
        Config.of(Map.of(Setting.LOST_AFTER, "30m, reviewer=2h,night=shift=90s"), Map.of());
    Silence.Patience lost = config.silence().lost();
    assertEquals(Duration.ofMinutes(30), lost.with("coder"));
    assertEquals(Duration.ofMinutes(30), lost.with(null));
    assertEquals(Duration.ofHours(2), lost.with("reviewer"));
    assertEquals(Duration.ofSeconds(90), lost.with("night=shift"));
    assertEquals(Duration.ofMinutes(5), config.silence().stalled().with("reviewer"));
  }

  @Test
  void aFileMayBeJson() throws Exception {
    Path file =
        write("settings.json", "{\"port\": 8, \"rebuild\": true, \"max-key-bytes\": \"1KiB\"}");
    Config config = Config.of(Map.of(Setting.CONFIG, file.toString()), Map.of());
    assertEquals(8, config.port());
    assertTrue(config.rebuild());
    assertEquals(1024, config.limits().keyBytes());
  }

  @Test
  void anUnknownKeyIsAnErrorThatNamesTheNearest() throws IOException {
    Path file = write("settings.properties", "prot=1\n");
    refuses(Map.of(Setting.CONFIG, file.toString()), Map.of(), "prot", "did you mean \"port\"");
    refuses(Map.of(), Map.of("LEDGERLINE_DTA", "x"), "LEDGERLINE_DATA");
  }

  @Test
  void variablesOfTheClientsAreNoSettings() throws Exception {
    Config.of(Map.of(), Map.of("LEDGERLINE_URL", "http://elsewhere", "LEDGERLINE_API_KEY", "x"));
  }

  @Test
  void refusesToBeOpenToTheNetworkWithoutKeysAndTls() throws IOException {
    Path keys = write("keys", "agents:" + "0".repeat(64) + "\n");
    refuses(Map.of(Setting.HOST, "0.0.0.0"), Map.of(), "--api-keys");
    refuses(
        Map.of(Setting.HOST, "0.0.0.0", Setting.API_KEYS, keys.toString()),
        Map.of(),
        "--trust-proxy",
        "--tls-cert");
  }

  @Test
  void aTrustedProxyMayEndTls() throws Exception {
    Path keys = write("keys", "agents:" + "0".repeat(64) + "\n");
    Config config =
        Config.of(
            Map.of(
                Setting.HOST, "0.0.0.0",
                Setting.API_KEYS, keys.toString(),
                Setting.TRUST_PROXY, "true"),
            Map.of());
    assertEquals("0.0.0.0", config.host());
  }

  @Test
  void severalInstancesMayBePolled() throws Exception {
    Config config =
        Config.of(
            Map.of(),
            Map.of(
                "LEDGERLINE_SCRAPE",
                "symphony=http://127.0.0.1:4000; symphony=http://127.0.0.1:4001"));
    assertEquals(
        List.of("127.0.0.1:4000", "127.0.0.1:4001"),
        config.scraping().targets().stream().map(ScrapeTarget::source).toList());
    assertEquals(Duration.ofSeconds(1), config.scraping().interval());
    refuses(Map.of(Setting.SCRAPE, "http://127.0.0.1:4000"), Map.of(), "symphony=http");
    refuses(
        Map.of(Setting.SCRAPE, "symphony=http://a;symphony=http://a/x"), Map.of(), "instance once");
    refuses(Map.of(Setting.SCRAPE_INTERVAL, "1ms"), Map.of(), "--scrape-interval", "100ms");
  }

  @Test
  void valuesThatMakeNoSenseAreNamed() {
    refuses(Map.of(Setting.PORT, "70000"), Map.of(), "--port", "65535");
    refuses(Map.of(Setting.MAX_RECORD_BYTES, "lots"), Map.of(), "--max-record-bytes", "64KiB");
    refuses(Map.of(Setting.REBUILD, "yes"), Map.of(), "--rebuild");
    refuses(Map.of(Setting.STALLED_AFTER, "soon"), Map.of(), "--stalled-after");
    refuses(Map.of(Setting.LOST_AFTER, "1h,2h"), Map.of(), "--lost-after", "AGENT=DURATION");
    refuses(Map.of(Setting.LOST_AFTER, "coder=2h"), Map.of(), "--lost-after", "30m,reviewer=2h");
    refuses(Map.of(Setting.LOST_AFTER, "1h,coder=long"), Map.of(), "--lost-after", "90s");
    refuses(Map.of(Setting.API_KEYS, "/no/such/file"), Map.of(), "/no/such/file");
    refuses(Map.of(Setting.TLS_CERT, "pom.xml"), Map.of(), "--tls-key");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static void refuses(
      Map<Setting, String> flags, Map<String, String> environment, String... words) {
    String message =
        String.valueOf(
            assertThrows(BadSettingException.class, () -> Config.of(flags, environment))
                .getMessage());
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }
}
