// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens with which waits can be answered, as {@link Redaction} took them out of records. They
 * are in a file of their own that only its owner can read, and nowhere else; a token is on the disk
 * before the record that brought it. Safe for many threads.
 */
public final class ResumeTokens implements AutoCloseable {
  /** Tokens that are kept; of more the oldest are forgotten. */
  private static final int MAX_TOKENS = 10_000;

  /** A token that is longer is not kept. */
  private static final int MAX_TOKEN_BYTES = 8 << 10;

  /** Of a hash: enough to tell the tokens of one run apart. */
  private static final int HASH_DIGITS = 16;

  /** Two tokens that look the same once redacted: neither can be used. */
  private static final String AMBIGUOUS = "";

  private final FileChannel file;
  private final Map<String, String> byWait =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_TOKENS;
        }
      };

  private ResumeTokens(FileChannel file) {
    this.file = file;
  }

  /** Opens the file, makes it where it is missing, and forgets what is too much. */
  public static ResumeTokens open(Path path) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    FileChannel file =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    ResumeTokens tokens = new ResumeTokens(file);
    if (Files.exists(path)) {
      for (String line : Files.readAllLines(path)) {
        String[] parts = line.split(" ", -1);
        if (parts.length == 2) { // the last line may have been cut off by a crash
          tokens.remember(parts[0], decoded(parts[1]));
        }
      }
      for (Map.Entry<String, String> token : tokens.byWait.entrySet()) {
        tokens.write(token.getKey(), token.getValue());
      }
    }
    file.force(true);
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    return tokens;
  }

  /**
   * What a wait is called that such a token resolves.
   *
   * @param shown what stands in the record in place of the token
   */
  public static String waitId(String shown) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(shown.getBytes(StandardCharsets.UTF_8));
      return "token-" + HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The token of that wait; null where it is not known, or not the only one. */
  public synchronized @Nullable String of(String waitId) {
    String token = byWait.get(waitId);
    return token == null || token.equals(AMBIGUOUS) ? null : token;
  }

  synchronized void keep(String shown, byte[] token) {
    String wait = waitId(shown);
    String text = new String(token, StandardCharsets.UTF_8);
    if (token.length > MAX_TOKEN_BYTES || text.equals(byWait.get(wait))) {
      return;
    }
    remember(wait, text);
    try {
      write(wait, byWait.getOrDefault(wait, AMBIGUOUS));
      file.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException("a resume token could not be kept", e);
    }
  }

  private void remember(String wait, String token) {
    String known = byWait.get(wait);
    byWait.put(wait, known == null || known.equals(token) ? token : AMBIGUOUS);
  }

  private void write(String wait, String token) throws IOException {
    String encoded = Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8));
    ByteBuffer line = StandardCharsets.US_ASCII.encode(wait + " " + encoded + "\n");
    while (line.hasRemaining()) {
      file.write(line);
    }
  }

  private static String decoded(String encoded) {
    try {
      return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return AMBIGUOUS; // cut off by a crash, so its record was never acknowledged
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
