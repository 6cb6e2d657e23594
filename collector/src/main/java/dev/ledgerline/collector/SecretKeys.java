// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Secrets by the name that they stand under: {@code "password":"…"} in JSON, the same inside a
 * string that holds JSON, an attribute of OTLP with that key, {@code 'password': '…'} as Python
 * prints it, {@code password=…} in text and {@code Authorization: …} in headers. Only strings are
 * replaced, so a schema that describes a password stays as it is; a word without quotes only where
 * it looks like a secret.
 */
final class SecretKeys implements SecretRule {
  private static final String REDACTED = "[redacted:";

  /** What stands between the key of an attribute and its text in the records of OTLP. */
  private static final String PAIR = ",\"value\":{\"stringValue\":";

  /** Shorter words without quotes are code and prose more often than secrets. */
  private static final int UNQUOTED_BYTES = 6;

  /** A word of a header line that is longer is no prose. */
  private static final int CREDENTIAL_BYTES = 12;

  /**
   * How far a digit is looked for that makes a word a secret: bounds what a hostile record costs.
   */
  private static final int DIGIT_WITHIN_BYTES = 256;

  /** {@code token} alone is also what models call a piece of a word. */
  private static final int BARE_TOKEN_BYTES = 16;

  /** A key is no longer than this; bounds how far we look back. */
  private static final int NAME_BYTES = 128;

  /** What comes before {@code token} in names of secrets; {@code next_page_token} is none. */
  private static final List<String> TOKENS =
      List.of(
          "access",
          "refresh",
          "id",
          "auth",
          "authorization",
          "bearer",
          "session",
          "api",
          "bot",
          "secret",
          "security",
          "csrf",
          "xsrf",
          "oauth",
          "private",
          "deploy",
          "personalaccess",
          "resume");

  private final Set<String> extra;
  private final Set<String> allowed;

  /**
   * Rules for the usual names.
   *
   * @param extra normalised names beside the usual ones
   * @param allowed normalised names that hold no secrets here
   */
  SecretKeys(Set<String> extra, Set<String> allowed) {
    this.extra = Set.copyOf(extra);
    this.allowed = Set.copyOf(allowed);
  }

  void addTo(SecretWords words) {
    words.add("password", "ssw", true, this);
    words.add("passwd", "ssw", true, this);
    words.add("passphrase", "sph", true, this);
    words.add("pwd", "pwd", true, this);
    words.add("authorization", "riz", true, this);
    words.add("cookie", "oki", true, this);
    words.add("secret", "ecr", true, this);
    words.add("token", "oke", true, this);
    words.add("api_key", "i_k", true, this);
    words.add("api-key", "i-k", true, this);
    words.add("apikey", "pik", true, this);
    words.add("private_key", "riv", true, this);
    words.add("private-key", "riv", true, this);
    words.add("privatekey", "riv", true, this);
    words.add("access_key", "s_k", true, this);
    words.add("accesskey", "ssk", true, this);
    for (String name : extra) {
      if (name.length() >= 3) {
        words.add(name, name.substring(name.length() - 3), true, this);
      }
    }
  }

  /** Lower case without {@code _}, {@code -} and {@code .}. */
  static String normalised(String name) {
    StringBuilder normalised = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '_' && c != '-' && c != '.') {
        normalised.append(c);
      }
    }
    return normalised.toString().toLowerCase(Locale.ROOT);
  }

  @Override
  public @Nullable Secret at(byte[] bytes, int word, int end, int from, int to) {
    int nameEnd = end;
    while (nameEnd < to && nameEnd - word < NAME_BYTES && isName(bytes[nameEnd])) {
      nameEnd++;
    }
    int afterName = skipEscapedQuote(bytes, nameEnd, to);
    boolean quotedName = afterName > nameEnd;
    int separator = skipSpace(bytes, afterName, to);
    int pair = quotedName ? afterPair(bytes, separator, to) : -1;
    if (pair < 0 && (separator >= to || (bytes[separator] != ':' && bytes[separator] != '='))) {
      return null;
    }
    int nameStart = word;
    while (nameStart > from && word - nameStart < NAME_BYTES && isName(bytes[nameStart - 1])) {
      nameStart--;
    }
    if (SecretFormats.startsWith(bytes, nameStart - REDACTED.length(), to, REDACTED)) {
      return null; // a replacement names its detector
    }
    String name =
        normalised(new String(bytes, nameStart, nameEnd - nameStart, StandardCharsets.US_ASCII));
    String detector = detector(name);
    if (detector == null || allowed.contains(name)) {
      return null;
    }
    int value = pair >= 0 ? pair : skipSpace(bytes, separator + 1, to);
    if (value < to && bytes[value] == '[' && quotedName) {
      value = skipSpace(bytes, value + 1, to); // the first of several; each is found by its format
    }
    Secret secret =
        isQuote(bytes, value, to)
            ? quoted(detector, bytes, value, to)
            : quotedName ? null : unquoted(detector, bytes, value, to);
    if (secret == null || (detector.equals("token") && !isToken(bytes, secret, name))) {
      return null;
    }
    return secret;
  }

  /**
   * Where the value of an attribute of OTLP begins whose key ended there; negative if it is none.
   */
  private static int afterPair(byte[] bytes, int at, int to) {
    return SecretFormats.startsWith(bytes, at, to, PAIR) ? at + PAIR.length() : -1;
  }

  /** What the replacement calls it; null where the name is that of no secret. */
  private @Nullable String detector(String name) {
    if (extra.contains(name)) {
      return name;
    }
    if (name.endsWith("password") || name.endsWith("passwd") || name.endsWith("pwd")) {
      return "password";
    }
    if (name.endsWith("passphrase")) {
      return "passphrase";
    }
    if (name.endsWith("authorization")) {
      return "authorization";
    }
    if (name.endsWith("cookie")) {
      return "cookie";
    }
    if (name.endsWith("apikey")) {
      return "api_key";
    }
    if (name.endsWith("privatekey")) {
      return "private_key";
    }
    if (name.endsWith("secret") || name.endsWith("secretkey") || name.endsWith("secretaccesskey")) {
      return "secret";
    }
    if (name.equals("token")) {
      return "token";
    }
    if (name.endsWith("token")) {
      String before = name.substring(0, name.length() - "token".length());
      return TOKENS.stream().anyMatch(before::endsWith) ? "token" : null;
    }
    return null;
  }

  private static boolean isToken(byte[] bytes, Secret secret, String name) {
    if (!name.equals("token")) {
      return true;
    }
    for (int i = secret.from(); i < secret.to(); i++) {
      if (bytes[i] == ' ') {
        return false;
      }
    }
    return secret.to() - secret.from() >= BARE_TOKEN_BYTES;
  }

  private static boolean isQuote(byte[] bytes, int at, int to) {
    int i = at;
    while (i < to && bytes[i] == '\\') {
      i++;
    }
    return i < to && (bytes[i] == '"' || (bytes[i] == '\'' && i == at));
  }

  /**
   * The content of a string. Inside of n strings its quotes have 2^n - 1 backslashes before them,
   * and a quote of its own content has more.
   */
  private static @Nullable Secret quoted(String detector, byte[] bytes, int at, int to) {
    int level = 0;
    while (bytes[at + level] == '\\') {
      level++;
    }
    byte quote = bytes[at + level];
    int start = at + level + 1;
    if (isRedacted(bytes, start, to)) {
      return null;
    }
    int backslashes = 0;
    for (int i = start; i < to; i++) {
      if (bytes[i] == '\\') {
        backslashes++;
        continue;
      }
      boolean closes = backslashes < level || (backslashes - level) % (2 * (level + 1)) == 0;
      if (bytes[i] == quote && closes) {
        return secret(detector, bytes, start, i - Math.min(level, backslashes));
      }
      if (quote == '\'' && bytes[i] == '"' && backslashes == 0) {
        return null; // not a string of Python: the JSON string around it ends here
      }
      backslashes = 0;
    }
    return secret(detector, bytes, start, to);
  }

  private static @Nullable Secret unquoted(String detector, byte[] bytes, int at, int to) {
    boolean line = detector.equals("authorization") || detector.equals("cookie");
    int i = at;
    boolean telling = false;
    int word = 0;
    while (i < to && (telling || i < at + DIGIT_WITHIN_BYTES) && !endsUnquoted(bytes[i], line)) {
      word = bytes[i] == ' ' ? 0 : word + 1;
      telling |= (bytes[i] >= '0' && bytes[i] <= '9') || (line && word >= CREDENTIAL_BYTES);
      i++;
    }
    return i - at >= UNQUOTED_BYTES && telling ? secret(detector, bytes, at, i) : null;
  }

  private static boolean endsUnquoted(byte b, boolean line) {
    return switch (b) {
      case '"', '\'', '\\', '\n', '\r', '<', '>', '`' -> true;
      case ' ', '\t', '&', ';', ',', '(', ')', '{', '}', '[', ']' -> !line;
      default -> false;
    };
  }

  /** Without the scheme of an authorization, so that the same token looks the same everywhere. */
  private static @Nullable Secret secret(String detector, byte[] bytes, int from, int to) {
    int start = from;
    if (detector.equals("authorization")) {
      int space = Bytes.indexOf((byte) ' ', bytes, from, to);
      if (space > from && space + 1 < to) {
        start = space + 1;
      }
    }
    return start == to || isRedacted(bytes, start, to) ? null : new Secret(detector, start, to);
  }

  private static boolean isRedacted(byte[] bytes, int at, int to) {
    return SecretFormats.startsWith(bytes, at, to, REDACTED);
  }

  private static boolean isName(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '_'
        || b == '-'
        || b == '.';
  }

  private static int skipEscapedQuote(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] == '\\') {
      i++;
    }
    return i < to && (bytes[i] == '"' || bytes[i] == '\'') ? i + 1 : from;
  }

  /** Spaces, also escaped ones: a string may hold pretty-printed JSON. */
  private static int skipSpace(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      if (bytes[i] == ' ' || bytes[i] == '\n' || bytes[i] == '\t' || bytes[i] == '\r') {
        i++;
      } else if (bytes[i] == '\\'
          && i + 1 < to
          && (bytes[i + 1] == 'n' || bytes[i + 1] == 't' || bytes[i + 1] == 'r')) {
        i += 2;
      } else {
        break;
      }
    }
    return i;
  }
}
