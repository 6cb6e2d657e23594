// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedactionTest {
  private static final byte[] KEY = new byte[32];
  private static final String A36 = "abcdefghijklmnopqrstuvwxyz0123456789";

  private Redaction redaction = Redaction.on(KEY);

  @Test
  void replacesWhatStandsUnderASecretName() {
    redacts("{\"password\":\"hunter2\"}", "{\"password\":\"<password>\"}");
    redacts("{\"password\" : \n \"hunter2\"}", "{\"password\" : \n \"<password>\"}");
    redacts("{\"db_password\":\"a\\\"b\\\\\",\"x\":1}", "{\"db_password\":\"<password>\",\"x\":1}");
    redacts("{\"PASSWD\":\"x\"}", "{\"PASSWD\":\"<password>\"}");
    redacts("{\"dbPwd\":\"x\"}", "{\"dbPwd\":\"<password>\"}");
    redacts("{\"passphrase\":\"x\"}", "{\"passphrase\":\"<passphrase>\"}");
    redacts("{\"Authorization\":\"Bearer abc\"}", "{\"Authorization\":\"Bearer <authorization>\"}");
    redacts(
        "{\"authorization\":[\"Basic eDp5\"]}", "{\"authorization\":[\"Basic <authorization>\"]}");
    redacts("{\"Set-Cookie\":\"a=b; c\"}", "{\"Set-Cookie\":\"<cookie>\"}");
    redacts("{\"cookie\":\"sid=1\"}", "{\"cookie\":\"<cookie>\"}");
    redacts("{\"api_key\":\"k\"}", "{\"api_key\":\"<api_key>\"}");
    redacts("{\"X-API-Key\":\"k\"}", "{\"X-API-Key\":\"<api_key>\"}");
    redacts("{\"apiKey\":\"k\"}", "{\"apiKey\":\"<api_key>\"}");
    redacts("{\"client_secret\":\"k\"}", "{\"client_secret\":\"<secret>\"}");
    redacts("{\"SecretAccessKey\":\"k\"}", "{\"SecretAccessKey\":\"<secret>\"}");
    redacts("{\"access_token\":\"k\"}", "{\"access_token\":\"<token>\"}");
    redacts("{\"refreshToken\":\"k\"}", "{\"refreshToken\":\"<token>\"}");
    redacts("{\"private_key\":\"k\"}", "{\"private_key\":\"<private_key>\"}");
    redacts("{\"token\":\"abcdefghij0123456789\"}", "{\"token\":\"<token>\"}");
    redacts(
        "{\"a\":{\"password\":\"x\"},\"b\":[{\"secret\":\"y\"}]}",
        "{\"a\":{\"password\":\"<password>\"},\"b\":[{\"secret\":\"<secret>\"}]}");
  }

  @Test
  void replacesItInsideOfStringsThatHoldJson() {
    redacts(
        "{\"args\":\"{\\\"api_key\\\":\\\"k1\\\",\\\"n\\\":1}\"}",
        "{\"args\":\"{\\\"api_key\\\":\\\"<api_key>\\\",\\\"n\\\":1}\"}");
    redacts(
        "{\"args\":\"{\\n  \\\"password\\\": \\\"a\\\\\\\"b\\\"\\n}\"}",
        "{\"args\":\"{\\n  \\\"password\\\": \\\"<password>\\\"\\n}\"}");
    redacts(
        "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"secret\\\\\\\":\\\\\\\"s\\\\\\\"}\\\"}\"}",
        "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"secret\\\\\\\":\\\\\\\"<secret>\\\\\\\"}\\\"}\"}");
    redacts("{\"s\":\"{'api_key': 'k1'}\"}", "{\"s\":\"{'api_key': '<api_key>'}\"}");
  }

  @Test
  void replacesItInAttributesOfOpenTelemetry() {
    redacts(
        "{\"key\":\"db.password\",\"value\":{\"stringValue\":\"hunter2\"}}",
        "{\"key\":\"db.password\",\"value\":{\"stringValue\":\"<password>\"}}");
    redacts(
        "{\"key\":\"gen_ai.usage.output_tokens\",\"value\":{\"stringValue\":\"12\"}}",
        "{\"key\":\"gen_ai.usage.output_tokens\",\"value\":{\"stringValue\":\"12\"}}");
  }

  @Test
  void replacesItInText() {
    redacts("export API_KEY=abc123def", "export API_KEY=<api_key>");
    redacts("password: hunter22", "password: <password>");
    redacts("GET /x?access_token=abc123&y=1", "GET /x?access_token=<token>&y=1");
    redacts("Authorization: Basic dXNlcjpwYXNzMTIz", "Authorization: Basic <authorization>");
    redacts("curl -H 'Cookie: sid=1234567'", "curl -H 'Cookie: <cookie>'");
  }

  @Test
  void replacesTheKeysOfWellKnownIssuers() {
    value("AKIAIOSFODNN7EXAMPLE", "aws");
    value("ASIAIOSFODNN7EXAMPLE", "aws");
    value("ghp_" + A36, "github");
    value("gho_" + A36, "github");
    value("github_pat_11ABCDEFG0" + A36, "github");
    value("sk-ant-api03-" + A36, "anthropic");
    value("sk-proj-" + A36, "openai");
    value("sk-" + A36 + "ABCDEFGHIJKL", "openai");
    value("AIzaSyA" + A36.substring(0, 32), "google");
    value("xoxb-123456789012-abcdef", "slack");
    value("sk_live_" + A36, "stripe");
    value("npm_" + A36, "npm");
    value("hf_" + A36.substring(0, 34), "huggingface");
    value("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123", "jwt");
    redacts("see Bearer abcdefghij0123456789.", "see Bearer <bearer>");
    redacts("postgres://app:s3cret@db:5432/x", "postgres://app:<url-password>@db:5432/x");
    redacts("redis://:s3cret@db", "redis://:<url-password>@db");
    redacts("{\"u\":\"amqp:\\/\\/a:b@c\"}", "{\"u\":\"amqp:\\/\\/a:<url-password>@c\"}");
    redacts(
        "{\"k\":\"-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----\\n\"}",
        "{\"k\":\"<private-key>\\n\"}");
    redacts("{\"k\":\"-----BEGIN PRIVATE KEY-----\\nMII\"}", "{\"k\":\"<private-key>\"}");
    redacts("\\nAKIAIOSFODNN7EXAMPLE\\n", "\\n<aws>\\n");
  }

  @Test
  void leavesEverythingElseAsItIs() {
    for (String clean :
        List.of(
            "{\"usage\":{\"input_tokens\":12,\"output_tokens\":3,\"tokens\":\"12\"}}",
            "{\"max_tokens\":100,\"token_count\":\"5\",\"tokenizer\":\"cl100k_base\"}",
            "{\"token\":\" the\",\"logprob\":-0.1}",
            "{\"next_page_token\":\"abcdefghij0123456789\"}",
            "{\"password\":{\"type\":\"string\"},\"secret\":true,\"api_key\":null,\"cookie\":\"\"}",
            "{\"text\":\"the secret plan; forgot my password, token by token\"}",
            "{\"text\":\"def login(password: str, api_key=None):\"}",
            "{\"text\":\"api_key=os.environ[key]\"}",
            "{\"secretary\":\"Ann\",\"cookies\":[\"oat\"],\"monkey\":\"x\",\"passwordless\":\"yes\"}",
            "{\"private_key_id\":\"abc\",\"public_key\":\"k\"}",
            "{\"url\":\"https://example.org/a@b?c:d\",\"mail\":\"x@y.z\"}",
            "{\"url\":\"https://user@example.org:80/\"}",
            "{\"url\":\"postgres://app:${PASSWORD}@db\"}",
            "{\"class\":\"sk-container-id-1\",\"task\":\"task-12345678901234567890\"}",
            "{\"text\":\"AKIA and ghp_short and eyJ and bearer of news\"}",
            "{\"cert\":\"-----BEGIN CERTIFICATE-----\\nMII\\n-----END CERTIFICATE-----\"}",
            "plain text, nothing to see",
            "",
            "x")) {
      redacts(clean, clean);
    }
  }

  @Test
  void findsAWordWhereverItBegins() {
    for (int before = 0; before < 20; before++) {
      String pad = " ".repeat(before);
      redacts(pad + "{\"password\":\"x\"}", pad + "{\"password\":\"<password>\"}");
      redacts(pad + "AKIAIOSFODNN7EXAMPLE", pad + "<aws>");
    }
  }

  @Test
  void makesTheSameOfTheSameSecretAndWithAnotherKeyAnother() {
    String once = clean("{\"password\":\"hunter2\"}");
    assertEquals(once, clean("{\"password\":\"hunter2\"}"));
    String twice = clean("{\"secret\":\"hunter2\"}");
    assertEquals(digest(once), digest(twice));
    redaction = Redaction.on(new byte[] {1});
    Assertions.assertNotEquals(once, clean("{\"password\":\"hunter2\"}"));
  }

  @Test
  void takesTheRulesOfAFile() {
    redaction =
        Redaction.on(
            KEY, List.of("# ours", "key Badge-Number", "allow password", "value corp_ 8", ""));
    redacts("{\"badge_number\":\"7\"}", "{\"badge_number\":\"7\"}");
    redacts("{\"badge-number\":\"7\"}", "{\"badge-number\":\"<badgenumber>\"}");
    redacts("{\"badgeNumber\":\"7\"}", "{\"badgeNumber\":\"<badgenumber>\"}");
    redacts("{\"password\":\"x\"}", "{\"password\":\"x\"}");
    value("corp_12345678", "value");
    for (String bad : List.of("keys x", "key", "key ab", "value x 1", "value corp_ many")) {
      assertThrows(IllegalArgumentException.class, () -> Redaction.on(KEY, List.of(bad)), bad);
    }
  }

  @Test
  void canBeSwitchedOff() {
    redaction = Redaction.off();
    redacts("{\"password\":\"x\"}", "{\"password\":\"x\"}");
  }

  @Test
  void keepsItsKeyToItself(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("redaction.key");
    byte[] key = Redaction.keyIn(file);
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
    assertArrayEquals(key, Redaction.keyIn(file));
    Files.write(file, new byte[3]);
    assertThrows(java.io.IOException.class, () -> Redaction.keyIn(file));
  }

  @Test
  void takesTimeInProportionToTheRecordWhateverItHolds() {
    for (String part :
        List.of(
            "password",
            "\"password\":\"",
            "api_key=",
            "://a:",
            "eyJ",
            "-----BEGIN PRIVATE KEY-----",
            "\\\"secret\\\":\\\"",
            "'secret':'",
            "sk-",
            "Bearer ",
            "token\\\\\\",
            "A",
            "authorization: ",
            "eyJaaaaaaaaaaaaa.")) {
      String hostile = part.repeat((4 << 20) / part.length());
      Assertions.assertTimeout(Duration.ofSeconds(5), () -> clean(hostile), part);
    }
  }

  private static String digest(String cleaned) {
    return cleaned.substring(cleaned.lastIndexOf(':') + 1);
  }

  private void value(String secret, String detector) {
    redacts(
        "{\"text\":\"see " + secret + " there\"}", "{\"text\":\"see <" + detector + "> there\"}");
    redacts(secret, "<" + detector + ">");
    redacts("x=" + secret + "\n", "x=<" + detector + ">\n");
  }

  private void redacts(String record, String expected) {
    String cleaned = clean(record);
    assertEquals(
        expected, cleaned.replaceAll("\\[redacted:([a-z_-]+):[0-9a-f]{8}\\]", "<$1>"), record);
    assertTrue(cleaned.equals(clean(cleaned)), "a second time changes nothing: " + cleaned);
  }

  private String clean(String record) {
    byte[] bytes = ("##" + record + "##").getBytes(StandardCharsets.UTF_8);
    return new String(redaction.clean(bytes, 2, bytes.length - 2), StandardCharsets.UTF_8);
  }
}
