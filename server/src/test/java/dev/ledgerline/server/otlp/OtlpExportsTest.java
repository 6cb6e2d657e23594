// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.collector.Redaction;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.LocalStorage;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpAnswer;
import dev.ledgerline.otel.receive.OtlpDialect;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OtlpExportsTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void case25AnErrorOfOursIsA500ThatSaysSo() throws Exception {
    try (FileLog log = open()) {
      InputStream broken =
          new InputStream() {
            @Override
            public int read() {
              throw new IllegalStateException("a bug");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
              throw new IllegalStateException("a bug");
            }
          };
      OtlpAnswer answer = take(log, broken, "Ledgerline-Run", "r");
      assertEquals(500, answer.status());
      assertEquals(null, answer.retryAfterSeconds());
    }
  }

  @Test
  void headersThatCannotBeReadAreA400() throws Exception {
    try (FileLog log = open()) {
      OtlpAnswer answer = take(log, body(), "Ledgerline-Run", "%zz");
      assertEquals(400, answer.status());
      assertTrue(answer.message().contains("percent-encoded"), answer.message());
      assertEquals(200, take(log, body(), "Ledgerline-Run", "%7a").status());
    }
  }

  private FileLog open() throws Exception {
    return FileLog.open(folder.resolve("log"), FileLogOptions.defaults(), new LocalStorage());
  }

  private static InputStream body() {
    return new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8));
  }

  private static OtlpAnswer take(FileLog log, InputStream body, String name, String value) {
    Collector collector =
        new Collector(
            log,
            List.of(new OtlpDialect()),
            Limits.DEFAULT,
            Redaction.off(),
            InstantSource.system());
    Admission admission = new Admission(1 << 20, Limits.DEFAULT.admissionWait());
    return new OtlpExports(collector, admission, InstantSource.system())
        .take(
            Signal.TRACES,
            Encoding.JSON,
            new OtlpExports.Sender(header -> header.equals(name) ? value : null, null),
            body,
            null,
            -1);
  }
}
