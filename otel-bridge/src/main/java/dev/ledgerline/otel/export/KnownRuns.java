// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.ledgerline.otel.export.RunContext.Place;
import dev.ledgerline.run.RunKey;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the spans of runs are that are not followed any more, so that later runs are put beside
 * them, and what comes late is not taken for a beginning. The oldest are forgotten.
 */
final class KnownRuns {
  private static final int MAX_RUNS = 4_000;
  private static final int MAX_THREADS = 2_000;

  /**
   * A run that was sent.
   *
   * @param parts spans that were sent of the run itself
   */
  record Known(Place place, int parts) {}

  private final Map<ByteString, Known> runs = newest(MAX_RUNS);
  private final Map<ByteString, Place> threads = newest(MAX_THREADS);

  @SuppressWarnings("serial")
  private static <V> Map<ByteString, V> newest(int most) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<ByteString, V> eldest) {
        return size() > most;
      }
    };
  }

  @Nullable Known run(RunKey run) {
    return runs.get(Ids.root(run));
  }

  void ended(OpenRun run) {
    ByteString root = run.context().root();
    runs.remove(root);
    runs.put(root, new Known(run.context().place(), run.part()));
  }

  /** The run before this one in the same thread; from now on it is this one. */
  @Nullable Place follow(String source, String thread, Place run) {
    ByteString key = Ids.span(new RunKey(source, thread), "thread", "");
    Place before = threads.remove(key);
    threads.put(key, run);
    return run.equals(before) ? null : before;
  }

  void save(ObjectNode to) {
    ArrayNode ended = to.putArray("ended");
    runs.forEach(
        (root, known) ->
            ended.add(hex(root) + ":" + hex(known.place().trace()) + ":" + known.parts()));
    ArrayNode last = to.putArray("threads");
    threads.forEach(
        (thread, place) ->
            last.add(hex(thread) + ":" + hex(place.trace()) + ":" + hex(place.span())));
  }

  void restore(JsonNode from) {
    for (JsonNode one : from.path("ended")) {
      String[] parts = one.asText().split(":");
      ByteString root = bytes(parts[0]);
      runs.put(root, new Known(new Place(bytes(parts[1]), root), Integer.parseInt(parts[2])));
    }
    for (JsonNode one : from.path("threads")) {
      String[] parts = one.asText().split(":");
      threads.put(bytes(parts[0]), new Place(bytes(parts[1]), bytes(parts[2])));
    }
  }

  static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }
}
