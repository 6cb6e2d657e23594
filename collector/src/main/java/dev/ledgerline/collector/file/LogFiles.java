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
import java.nio.file.attribute.FileTime;
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
  @Nullable Path live(boolean circle) throws IOException {
    if (!circle && isNamed()) {
      return name;
    }
    Integer current = circle ? currentNumber() : null;
    if (current != null && Files.exists(beside("." + current))) {
      return beside("." + current);
    }
    List<Path> all = oldestFirst(circle);
    return all.isEmpty() ? null : all.getLast();
  }

  /**
   * All that there are, in the order in which they were written.
   *
   * @param circle numbers do not count down; what does not have one is no part of it
   */
  List<Path> oldestFirst(boolean circle) throws IOException {
    Map<Path, String> marks = new HashMap<>();
    List<Path> older = new ArrayList<>();
    Path folder = name.getParent();
    String base = name.getFileName().toString();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Rotated rotated = rotated(file.getFileName().toString());
        if (rotated != null && rotated.base().equals(base) && Files.isRegularFile(file)) {
          older.add(file);
          marks.put(file, rotated.mark());
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    if (!circle) {
      older.sort(byMark(marks));
      if (isNamed()) {
        older.add(name);
      }
      return older;
    }
    older.removeIf(file -> GzipFile.is(file) || number(marks, file) < 0);
    older.sort(Comparator.comparingLong(file -> number(marks, file)));
    Integer current = currentNumber();
    if (current != null) {
      List<Path> round = new ArrayList<>();
      older.stream().filter(file -> number(marks, file) > current).forEach(round::add);
      older.stream().filter(file -> number(marks, file) <= current).forEach(round::add);
      return round;
    }
    return byTime(older);
  }

  /** Dates count up; numbers count down, and are younger than dates. */
  private static Comparator<Path> byMark(Map<Path, String> marks) {
    return Comparator.<Path>comparingInt(file -> number(marks, file) < 0 ? 0 : 1)
        .thenComparing(
            (a, b) ->
                number(marks, a) < 0
                    ? String.valueOf(marks.get(a)).compareTo(String.valueOf(marks.get(b)))
                    : Long.compare(number(marks, b), number(marks, a)));
  }

  private static long number(Map<Path, String> marks, Path file) {
    String mark = marks.getOrDefault(file, "");
    return mark.length() <= 5 && !mark.isEmpty() ? Long.parseLong(mark) : -1;
  }

  /** Nothing else tells where it begins: lines begin with a time, or else the files have one. */
  private static List<Path> byTime(List<Path> byNumber) throws IOException {
    Map<Path, String> heads = new HashMap<>();
    Map<Path, FileTime> modified = new HashMap<>();
    for (Path file : byNumber) {
      byte[] head = new byte[HEAD];
      try (PlainFile open = new PlainFile(file)) {
        modified.put(file, Files.getLastModifiedTime(file));
        int n = open.read(0, head, 0, HEAD);
        if (n >= 10 && head[0] >= '0' && head[0] <= '9') {
          heads.put(file, new String(head, 0, n, StandardCharsets.ISO_8859_1));
        }
      } catch (NoSuchFileException e) {
        return byNumber; // it has just been renamed; the next look will see how
      }
    }
    List<Path> sorted = new ArrayList<>(byNumber);
    sorted.sort( // stable
        heads.size() == byNumber.size()
            ? Comparator.comparing(heads::get)
            : Comparator.comparing(modified::get));
    return sorted;
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
