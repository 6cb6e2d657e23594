// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of one log.
 *
 * <p>A log that is rotated is written into {@code NAME}; what is older is called {@code NAME.1},
 * {@code NAME.2.gz}, {@code NAME-2026-11-21} and the like. A wrap set of OTP's disk_log has no
 * {@code NAME}: it is written into {@code NAME.1}, {@code NAME.2} … and then {@code NAME.1} again,
 * and {@code NAME.idx} says in which of them; that and {@code NAME.siz} are binary.
 *
 * @param name absolute
 */
record LogFiles(Path name) {
  /** What is left of a name without what rotation added. */
  record Rotated(String base, String mark) {}

  private static final Pattern NUMBERED =
      Pattern.compile("(?<base>.+?)\\.(?<mark>[0-9]{1,5})(\\.gz)?");

  /** {@code app.log-20261121}, {@code app.log.2026-11-21T10-00.gz}. */
  private static final Pattern DATED =
      Pattern.compile("(?<base>.+?)[.-](?<mark>[0-9]{4}-?[0-9]{2}-?[0-9]{2}[0-9TZ_.:-]*?)(\\.gz)?");

  /** {@code app-2026-11-21.log}: the mark stands before the ending. */
  private static final Pattern DATED_BEFORE =
      Pattern.compile(
          "(?<stem>.+?)[.-](?<mark>[0-9]{4}-?[0-9]{2}-?[0-9]{2}[0-9TZ_.:-]*?)(?<end>\\.[A-Za-z]+)(\\.gz)?");

  /** Behind the version of the index: the number of the file that is being written. */
  private static final int INDEX_CURRENT = 6;

  private static final int HEAD = 32;

  /** How that file name is understood as an older part of a log; null where it is none. */
  static @Nullable Rotated rotated(String file) {
    Matcher numbered = NUMBERED.matcher(file);
    if (numbered.matches()) {
      return new Rotated(numbered.group("base"), numbered.group("mark"));
    }
    Matcher dated = DATED.matcher(file);
    if (dated.matches()) {
      return new Rotated(dated.group("base"), dated.group("mark"));
    }
    Matcher before = DATED_BEFORE.matcher(file);
    return before.matches()
        ? new Rotated(before.group("stem") + before.group("end"), before.group("mark"))
        : null;
  }

  /** Index and sizes of a wrap set. */
  static boolean isOfAnIndex(String file) {
    return file.endsWith(".idx") || file.endsWith(".siz");
  }

  boolean isWrapSet() {
    return Files.exists(beside(".idx")) || Files.exists(beside(".siz"));
  }

  /** Whether the name itself is there; between two steps of a rotation it is not. */
  boolean isNamed() {
    return Files.exists(name);
  }

  /** What its cursor is called. */
  String cursorName() {
    return name.getFileName().toString().replaceAll("[^A-Za-z0-9._-]", "_")
        + "-"
        + Place.hash(name.toString());
  }

  /**
   * The file that is being written, as far as its name can tell; null where there is none yet.
   *
   * @param circle as for {@link #oldestFirst}
   */
  @Nullable Seen newest(boolean circle) throws IOException {
    Integer current = circle ? currentNumber() : null;
    Path written = current == null ? name : beside("." + current);
    Seen newest = circle && current == null ? null : Seen.at(written);
    if (newest != null) {
      return newest;
    }
    List<Seen> all = oldestFirst(circle);
    return all.isEmpty() ? null : all.getLast();
  }

  /** A file with what rotation added to its name. */
  private record Older(Seen file, String mark) {
    /** -1: a date. */
    int number() {
      return mark.length() <= 5 ? Integer.parseInt(mark) : -1;
    }

    boolean isGzip() {
      return GzipFile.is(file.path());
    }
  }

  /**
   * All that there are, in the order in which they were written.
   *
   * @param circle numbers do not count down; what does not have one is no part of it
   */
  List<Seen> oldestFirst(boolean circle) throws IOException {
    List<Older> older = older();
    List<Seen> files = new ArrayList<>();
    if (!circle) {
      // dates count up; numbers count down, and are younger than dates
      older.sort(
          Comparator.<Older>comparingInt(file -> file.number() < 0 ? 0 : 1)
              .thenComparing(file -> file.number() < 0 ? file.mark : "")
              .thenComparing(Older::number, Comparator.reverseOrder()));
      older.forEach(file -> files.add(file.file));
      Seen named = Seen.at(name);
      if (named != null) {
        files.add(named);
      }
      return files;
    }
    older.removeIf(file -> file.isGzip() || file.number() < 0);
    Integer current = currentNumber();
    older.sort(
        Comparator.<Older>comparingInt(file -> current == null || file.number() > current ? 0 : 1)
            .thenComparingInt(Older::number));
    older.forEach(file -> files.add(file.file));
    return current == null ? byTime(files) : files;
  }

  private List<Older> older() throws IOException {
    Map<String, Older> older = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(name.getParent())) {
      for (Path path : files) {
        String file = path.getFileName().toString();
        Rotated rotated = rotated(file);
        if (rotated != null && rotated.base().equals(name.getFileName().toString())) {
          Seen seen = Seen.at(path);
          if (seen != null) {
            older.put(file, new Older(seen, rotated.mark()));
          }
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      older.clear(); // the folder is gone
    }
    List<Older> all = new ArrayList<>(older.values());
    // it goes when its compressed copy is whole
    all.removeIf(file -> file.isGzip() && older.containsKey(plain(file.file.path())));
    return all;
  }

  private static String plain(Path compressed) {
    String file = compressed.getFileName().toString();
    return file.substring(0, file.length() - ".gz".length());
  }

  /** Nothing else tells where it begins: lines begin with a time, or else the files have one. */
  private static List<Seen> byTime(List<Seen> byNumber) throws IOException {
    Map<Seen, String> heads = new HashMap<>();
    for (Seen file : byNumber) {
      byte[] head = new byte[HEAD];
      try (PlainFile open = new PlainFile(file.path())) {
        int n = open.read(0, head, 0, HEAD);
        if (n >= 10 && head[0] >= '0' && head[0] <= '9') {
          heads.put(file, new String(head, 0, n, StandardCharsets.ISO_8859_1));
        }
      } catch (NoSuchFileException e) {
        return byNumber; // it has just been renamed; the next look will see how
      }
    }
    byNumber.sort( // stable
        heads.size() == byNumber.size()
            ? Comparator.comparing(heads::get)
            : Comparator.comparing(Seen::modified));
    return byNumber;
  }

  private @Nullable Integer currentNumber() throws IOException {
    byte[] index = new byte[INDEX_CURRENT + Integer.BYTES];
    try (PlainFile file = new PlainFile(beside(".idx"))) {
      if (file.read(0, index, 0, index.length) < index.length) {
        return null;
      }
    } catch (NoSuchFileException e) {
      return null;
    }
    int current = ByteBuffer.wrap(index).getInt(INDEX_CURRENT);
    return current > 0 ? current : null;
  }

  private Path beside(String ending) {
    return name.resolveSibling(name.getFileName() + ending);
  }
}
