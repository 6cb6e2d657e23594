// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which logs are meant by files and folders. A file that is named is followed whatever it is
 * called; in folders, and those below them, only what ends in {@code .log}, {@code .jsonl} or
 * {@code .ndjson}, or did so before it was rotated or compressed.
 */
final class Inputs {
  private static final List<String> ENDINGS = List.of(".log", ".jsonl", ".ndjson");

  /** Folders below folders; more is a loop. */
  private static final int DEEPEST = 16;

  private final List<Path> paths;

  /**
   * What was named.
   *
   * @param paths absolute
   */
  Inputs(List<Path> paths) {
    this.paths = List.copyOf(paths);
  }

  /**
   * The logs that there are now.
   *
   * @param known logs that are followed, also while a rotation has their names
   * @return to each whether its older files are meant, too
   */
  Map<LogFiles, Boolean> logs(Predicate<LogFiles> known) throws IOException {
    Map<LogFiles, Boolean> logs = new LinkedHashMap<>();
    Set<Path> named = new HashSet<>(paths);
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        ofFolder(path, 0, known, logs);
      } else {
        LogFiles log = ofFile(path, named);
        logs.merge(log, !log.name().equals(path) || moreOf(log, named), Boolean::logicalOr);
      }
    }
    return logs;
  }

  private static LogFiles ofFile(Path path, Set<Path> named) {
    String file = path.getFileName().toString();
    if (LogFiles.isOfAnIndex(file)) {
      return new LogFiles(path.resolveSibling(file.substring(0, file.length() - 4)));
    }
    LogFiles.Rotated rotated = LogFiles.rotated(file);
    if (rotated != null) {
      Path base = path.resolveSibling(rotated.base());
      LogFiles log = new LogFiles(base);
      boolean several = named.contains(base) || moreOf(log, withoutOne(named, path));
      if (log.isWrapSet() || (several && (Files.exists(base) || isNumber(rotated)))) {
        return log;
      }
    }
    return new LogFiles(path);
  }

  private static boolean isNumber(LogFiles.Rotated rotated) {
    return rotated.mark().length() <= 5;
  }

  private static Set<Path> withoutOne(Set<Path> named, Path path) {
    Set<Path> others = new HashSet<>(named);
    others.remove(path);
    return others;
  }

  /** Whether older files of the log were named. */
  private static boolean moreOf(LogFiles log, Set<Path> named) {
    for (Path path : named) {
      LogFiles.Rotated rotated = LogFiles.rotated(path.getFileName().toString());
      if (rotated != null && path.resolveSibling(rotated.base()).equals(log.name())) {
        return true;
      }
    }
    return false;
  }

  private void ofFolder(
      Path folder, int depth, Predicate<LogFiles> known, Map<LogFiles, Boolean> logs)
      throws IOException {
    List<Path> folders = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path path : all) {
        if (path.getFileName().toString().startsWith(".")) {
          continue;
        }
        if (Files.isDirectory(path)) {
          folders.add(path);
        } else {
          files.add(path);
        }
      }
    } catch (NoSuchFileException e) {
      return; // it was removed just now
    }
    files.sort(null);
    folders.sort(null);
    Set<String> names = new HashSet<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      LogFiles.Rotated rotated = LogFiles.rotated(name);
      names.add(name);
      if (rotated != null && isNumber(rotated) && !name.endsWith(".gz")) {
        names.add(rotated.base()); // a rotation may be at it
      }
    }
    for (Path file : files) {
      LogFiles log = inFolder(file, names, known);
      if (log != null) {
        logs.put(log, true);
      }
    }
    for (Path below : depth < DEEPEST ? folders : List.<Path>of()) {
      ofFolder(below, depth + 1, known, logs);
    }
  }

  private static @Nullable LogFiles inFolder(
      Path file, Set<String> names, Predicate<LogFiles> known) {
    String name = file.getFileName().toString();
    LogFiles.Rotated rotated = LogFiles.rotated(name);
    String whole = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (rotated != null && isLog(rotated.base())) {
      String base = rotated.base();
      LogFiles log = new LogFiles(file.resolveSibling(base));
      boolean set = names.contains(base + ".idx") || names.contains(base + ".siz");
      return set || names.contains(base) || known.test(log) ? log : new LogFiles(file);
    }
    return isLog(whole) ? new LogFiles(file) : null;
  }

  private static boolean isLog(String name) {
    return ENDINGS.stream().anyMatch(name::endsWith);
  }
}
