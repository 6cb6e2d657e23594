// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Takes secrets out of records before they reach the disk. What it finds is replaced by {@code
 * [redacted:<detector>:<8 hex digits>]}; the digits are the beginning of an HMAC with a key that
 * belongs to the installation, so that the same secret looks the same everywhere and cannot be
 * guessed from a list. All other bytes stay as they are. Linear in the size of the record.
 *
 * <p>A list of rules never finds everything. It finds what is named like a secret ({@link
 * SecretKeys}) and what looks like a key of a well-known issuer ({@link SecretFormats}).
 */
public final class Redaction {
  private static final int KEY_BYTES = 32;
  private static final int DIGEST_DIGITS = 8;
  private static final byte[] NOTHING = {};
  private static final String RESUME_TOKEN = "resume_token";

  /** Quotes, a colon and blanks, in JSON and in JSON within a string. */
  private static final int BETWEEN_NAME_AND_VALUE = 12;

  private final @Nullable SecretWords words;
  private final byte[] key;
  private final @Nullable ResumeTokens tokens;

  private Redaction(@Nullable SecretWords words, byte[] key, @Nullable ResumeTokens tokens) {
    this.words = words;
    this.key = key;
    this.tokens = tokens;
  }

  /** The same, and what it takes out of {@code resume_token} is kept there. */
  public Redaction keeping(ResumeTokens tokens) {
    return new Redaction(words, key, tokens);
  }

  /** Leaves everything as it is. */
  public static Redaction off() {
    return new Redaction(null, new byte[0], null);
  }

  /** The usual rules. */
  public static Redaction on(byte[] key) {
    return on(key, List.of());
  }

  /**
   * The usual rules and those of a file.
   *
   * @param lines {@code key NAME} (what stands under it is a secret), {@code allow NAME} (it is
   *     none), {@code value PREFIX LEAST} (a prefix and at least so many letters, digits, {@code _}
   *     and {@code -}); empty lines and those that begin with {@code #} are not read
   * @throws IllegalArgumentException a line is none of these
   */
  public static Redaction on(byte[] key, List<String> lines) {
    SecretWords words = new SecretWords();
    Set<String> extra = new HashSet<>();
    Set<String> allowed = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String[] parts = lines.get(i).strip().split("\\s+");
      if (parts[0].isEmpty() || parts[0].startsWith("#")) {
        continue;
      }
      boolean longEnough = parts.length > 1 && parts[1].length() >= 3 && isAscii(parts[1]);
      if (parts[0].equals("key") && parts.length == 2 && longEnough) {
        extra.add(SecretKeys.normalised(parts[1]));
        extra.add(parts[1].toLowerCase(Locale.ROOT));
      } else if (parts[0].equals("allow") && parts.length == 2) {
        allowed.add(SecretKeys.normalised(parts[1]));
      } else if (parts[0].equals("value")
          && parts.length == 3
          && longEnough
          && parts[2].matches("[0-9]{1,4}")) {
        SecretRule rule = SecretFormats.prefixed("value", Integer.parseInt(parts[2]));
        words.add(parts[1], parts[1].substring(0, 3), false, rule);
      } else {
        throw new IllegalArgumentException(
            "line "
                + (i + 1)
                + " of the redaction rules is none of 'key NAME', 'allow NAME' and 'value PREFIX"
                + " LEAST' (names and prefixes of at least 3 ASCII characters)");
      }
    }
    new SecretKeys(extra, allowed).addTo(words);
    SecretFormats.addTo(words);
    return new Redaction(words, key.clone(), null);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** The key of this installation; made at the first start, readable by its owner only. */
  public static byte[] keyIn(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] key = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(key);
      try (var channel =
          Files.newByteChannel(
              file,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        channel.write(java.nio.ByteBuffer.wrap(key));
        return key;
      } catch (FileAlreadyExistsException e) {
        // somebody else made it in between: theirs is as good
      }
    }
    byte[] key = Files.readAllBytes(file);
    if (key.length != KEY_BYTES) {
      throw new IOException(file + " should hold a key of " + KEY_BYTES + " bytes");
    }
    return key;
  }

  /** A copy of that part of the bytes without secrets. */
  public byte[] clean(byte[] bytes, int from, int to) {
    return clean(NOTHING, bytes, from, to, NOTHING).bytes;
  }

  /**
   * Bytes without secrets.
   *
   * @param changed whether there was one
   */
  record Cleaned(byte[] bytes, boolean changed) {}

  /** The same with something before and behind it that is not looked through. */
  Cleaned clean(byte[] before, byte[] bytes, int from, int to, byte[] behind) {
    Secret secret = words == null ? null : words.next(bytes, from, from, to);
    if (words == null || secret == null) {
      byte[] clean = Arrays.copyOf(before, before.length + to - from + behind.length);
      System.arraycopy(bytes, from, clean, before.length, to - from);
      System.arraycopy(behind, 0, clean, clean.length - behind.length, behind.length);
      return new Cleaned(clean, false);
    }
    ByteArrayOutputStream cleaned =
        new ByteArrayOutputStream(before.length + to - from + behind.length);
    cleaned.writeBytes(before);
    int at = from;
    while (secret != null) {
      cleaned.write(bytes, at, secret.from() - at);
      cleaned.writeBytes(replacement(bytes, secret));
      at = secret.to();
      secret = words.next(bytes, from, at, to);
    }
    cleaned.write(bytes, at, to - at);
    cleaned.writeBytes(behind);
    return new Cleaned(cleaned.toByteArray(), true);
  }

  private byte[] replacement(byte[] bytes, Secret secret) {
    String digest;
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(bytes, secret.from(), secret.to() - secret.from());
      digest = HexFormat.of().formatHex(mac.doFinal()).substring(0, DIGEST_DIGITS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
    String shown = "[redacted:" + secret.detector() + ":" + digest + "]";
    if (tokens != null && isResumeToken(bytes, secret.from())) {
      tokens.keep(shown, Arrays.copyOfRange(bytes, secret.from(), secret.to()));
    }
    return shown.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether the name of what begins there, shortly before it, says so. */
  private static boolean isResumeToken(byte[] bytes, int from) {
    int look = Math.max(0, from - RESUME_TOKEN.length() - BETWEEN_NAME_AND_VALUE);
    return new String(bytes, look, from - look, StandardCharsets.ISO_8859_1).contains(RESUME_TOKEN);
  }
}
