// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Secrets by their own look: the key formats that their issuers gave a prefix to be found by. */
final class SecretFormats {
  /** How far a user, a password and a host reach in an address. */
  private static final int AUTHORITY_BYTES = 512;

  private SecretFormats() {}

  static void addTo(SecretWords words) {
    words.add("AKIA", "KIA", false, prefixed("aws", SecretFormats::isUpperOrDigit, 16));
    words.add("ASIA", "SIA", false, prefixed("aws", SecretFormats::isUpperOrDigit, 16));
    for (String kind : new String[] {"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}) {
      words.add(kind, kind.substring(1), false, prefixed("github", SecretFormats::isAlnum, 30));
    }
    words.add("github_pat_", "ub_", false, prefixed("github", SecretFormats::isWord, 22));
    words.add("sk-ant-", "sk-", false, prefixed("anthropic", SecretFormats::isBase64Url, 20));
    for (String kind : new String[] {"sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-v1-"}) {
      words.add(kind, "sk-", false, prefixed("openai", SecretFormats::isBase64Url, 20));
    }
    words.add("sk-", "sk-", false, prefixed("openai", SecretFormats::isAlnum, 32));
    words.add("AIza", "Iza", false, prefixed("google", SecretFormats::isBase64Url, 35));
    for (char kind : "bpaersc".toCharArray()) {
      words.add(
          "xox" + kind + "-", "xox", false, prefixed("slack", SecretFormats::isBase64Url, 10));
    }
    for (String kind : new String[] {"sk_live_", "rk_live_", "sk_test_", "rk_test_"}) {
      words.add(kind, kind.substring(1, 4), false, prefixed("stripe", SecretFormats::isAlnum, 16));
    }
    words.add("npm_", "pm_", false, prefixed("npm", SecretFormats::isAlnum, 36));
    words.add("hf_", "hf_", false, prefixed("huggingface", SecretFormats::isAlnum, 30));
    words.add("eyJ", "eyJ", false, SecretFormats::jsonWebToken);
    words.add("-----BEGIN", "-BE", false, SecretFormats::privateKey);
    words.add("://", "://", false, SecretFormats::address);
    words.add(":\\/\\/", ":\\/", false, SecretFormats::address);
    words.add("bearer ", "are", true, SecretFormats::bearer);
  }

  /** A prefix and at least that many bytes of a kind, not in the middle of a word. */
  static SecretRule prefixed(String detector, IntPredicate kind, int least) {
    return (bytes, word, end, from, to) -> {
      if (word > from && isAlnum(bytes[word - 1]) && !isEscaped(bytes, word - 1, from)) {
        return null;
      }
      int stop = run(bytes, end, to, kind);
      return stop - end < least ? null : new Secret(detector, word, stop);
    };
  }

  /** A setting's own format. */
  static SecretRule prefixed(String detector, int least) {
    return prefixed(detector, SecretFormats::isBase64Url, least);
  }

  /** Three parts in base64url, the first of which is a JSON object. */
  private static @Nullable Secret jsonWebToken(byte[] bytes, int word, int end, int from, int to) {
    if (word > from && isBase64Url(bytes[word - 1]) && !isEscaped(bytes, word - 1, from)) {
      return null;
    }
    int header = run(bytes, end, to, SecretFormats::isBase64Url);
    if (header - word < 12 || header >= to || bytes[header] != '.') {
      return null;
    }
    int payload = run(bytes, header + 1, to, SecretFormats::isBase64Url);
    if (payload - header < 8 || payload >= to || bytes[payload] != '.') {
      return null;
    }
    return new Secret("jwt", word, run(bytes, payload + 1, to, SecretFormats::isBase64Url));
  }

  /** To the end mark, or where that was cut off as far as the string may reach. */
  private static @Nullable Secret privateKey(byte[] bytes, int word, int end, int from, int to) {
    int dashes = end;
    while (dashes < to && isUpperOrSpace(bytes[dashes])) {
      dashes++;
    }
    if (!endsWith(bytes, end, dashes, "PRIVATE KEY")
        && !endsWith(bytes, end, dashes, "PRIVATE KEY BLOCK")) {
      return null;
    }
    int i = dashes;
    while (i < to && bytes[i] != '"' && !startsWith(bytes, i, to, "-----END")) {
      i++;
    }
    if (i < to && bytes[i] == '-') {
      i = Math.min(to, i + "-----END".length());
      while (i < to && isUpperOrSpace(bytes[i])) {
        i++;
      }
      while (i < to && bytes[i] == '-') {
        i++;
      }
    }
    // an escape before the quote belongs to the quote
    while (i < to && bytes[i] == '"' && bytes[i - 1] == '\\') {
      i--;
    }
    return new Secret("private-key", word, i);
  }

  /** The password in {@code scheme://user:password@host}. */
  private static @Nullable Secret address(byte[] bytes, int word, int end, int from, int to) {
    int colon = -1;
    int most = Math.min(to, end + AUTHORITY_BYTES);
    for (int i = end; i < most; i++) {
      byte b = bytes[i];
      if (b == ':' && colon < 0) {
        colon = i;
      } else if (b == '@') {
        boolean told = colon >= 0 && i > colon + 1 && "$<{[*%".indexOf(bytes[colon + 1]) < 0;
        return told ? new Secret("url-password", colon + 1, i) : null;
      } else if (b <= ' ' || "/?#\"'\\<>`".indexOf(b) >= 0) {
        return null;
      }
    }
    return null;
  }

  private static @Nullable Secret bearer(byte[] bytes, int word, int end, int from, int to) {
    int stop = run(bytes, end, to, SecretFormats::isBearer);
    boolean digit = false;
    for (int i = end; i < stop; i++) {
      digit |= bytes[i] >= '0' && bytes[i] <= '9';
    }
    return stop - end >= 16 && digit ? new Secret("bearer", end, stop) : null;
  }

  private static int run(byte[] bytes, int from, int to, IntPredicate kind) {
    int i = from;
    while (i < to && kind.test(bytes[i])) {
      i++;
    }
    return i;
  }

  static boolean startsWith(byte[] bytes, int at, int to, String text) {
    if (at < 0 || at + text.length() > to) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean endsWith(byte[] bytes, int from, int to, String text) {
    return to - from >= text.length() && startsWith(bytes, to - text.length(), to, text);
  }

  /** The n of {@code \n} is no letter of a word. */
  private static boolean isEscaped(byte[] bytes, int at, int from) {
    return at > from && bytes[at - 1] == '\\';
  }

  private static boolean isUpperOrSpace(byte b) {
    return b == ' ' || (b >= 'A' && b <= 'Z');
  }

  private static boolean isAlnum(int b) {
    return (b >= 'a' && b <= 'z') || isUpperOrDigit(b);
  }

  private static boolean isUpperOrDigit(int b) {
    return (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
  }

  private static boolean isWord(int b) {
    return isAlnum(b) || b == '_';
  }

  private static boolean isBase64Url(int b) {
    return isWord(b) || b == '-';
  }

  private static boolean isBearer(int b) {
    return isBase64Url(b) || b == '.' || b == '~' || b == '+' || b == '/' || b == '=';
  }
}
