// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.export.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportTargetsTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aUrlAloneIsATargetThatGetsEverything() throws Exception {
    Target target =
        ExportTargets.parse(List.of("http://localhost:4318"), List.of(), List.of()).getFirst();
    assertEquals("otlp", target.name());
    assertEquals(Target.Protocol.HTTP_PROTOBUF, target.protocol());
    assertEquals(Set.of(Signal.values()), target.signals());
    assertTrue(target.gzip());
    assertEquals(Target.From.START, target.from());
  }

  @Test
  void aTargetIsToldInOneWord() throws Exception {
    Path ca = Files.writeString(folder.resolve("ca.pem"), "x");
    Target target =
        ExportTargets.parse(
                List.of(
                    "jaeger=https://host:4317,protocol=grpc,signals=traces+logs,compression=none,"
                        + "from=now,contents=true,ca="
                        + ca),
                List.of(),
                List.of())
            .getFirst();
    assertEquals("jaeger", target.name());
    assertEquals(Target.Protocol.GRPC, target.protocol());
    assertEquals(Set.of(Signal.TRACES, Signal.LOGS), target.signals());
    assertFalse(target.gzip());
    assertEquals(Target.From.NOW, target.from());
    assertTrue(target.contents());
    assertEquals(ca, target.security().authorities());
  }

  @Test
  void headersAndFiltersNameTheirTargetAndASecretMayStandInAFile() throws Exception {
    Path secret = Files.writeString(folder.resolve("key"), "Bearer abc\n");
    List<Target> targets =
        ExportTargets.parse(
            List.of("a=http://a:1", "b=http://b:2"),
            List.of("b=Authorization=@" + secret, "b=x-team=one=two"),
            List.of("a=agent:coder -kind:message.delta"));
    assertEquals(Map.of(), targets.getFirst().headers());
    assertEquals(
        Map.of("Authorization", "Bearer abc", "x-team", "one=two"), targets.getLast().headers());
    assertEquals("agent:coder -kind:message.delta", targets.getFirst().filter().toString());
    assertFalse(targets.getLast().toString().contains("abc"));
  }

  @Test
  void whatIsWrongIsNamed() {
    refuses("is to be NAME=URL", List.of("jaeger"), List.of(), List.of());
    refuses("needs a URL", List.of("a=ftp://host"), List.of(), List.of());
    refuses("without a password", List.of("a=http://me:secret@host"), List.of(), List.of());
    refuses("at most 40", List.of("../a=http://host"), List.of(), List.of());
    refuses("did you mean \"protocol\"", List.of("a=http://h,protocl=grpc"), List.of(), List.of());
    refuses("joined by +", List.of("a=http://h,signals=spans"), List.of(), List.of());
    refuses("two targets of that name", List.of("a=http://h", "a=http://i"), List.of(), List.of());
    refuses("belong together", List.of("a=http://h,cert=pom.xml"), List.of(), List.of());
    refuses("did you mean \"a\"", List.of("a=http://h"), List.of("b=x=y"), List.of());
    refuses("needs --export", List.of(), List.of("b=x=y"), List.of());
    refuses("one line of ASCII", List.of("a=http://h"), List.of("a=x=ü"), List.of());
    refuses("not for others", List.of("a=http://h"), List.of("a=Host=x"), List.of());
    refuses("is a field of runs", List.of("a=http://h"), List.of(), List.of("a=state:failed"));
    refuses("error:* sends", List.of("a=http://h"), List.of(), List.of("a=has:error"));
  }

  private static void refuses(
      String why, List<String> exports, List<String> headers, List<String> filters) {
    BadSettingException refused =
        assertThrows(
            BadSettingException.class, () -> ExportTargets.parse(exports, headers, filters));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }
}
