// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Context;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One way of posting the same bodies. */
record Way(boolean named, boolean inOne, boolean twice, boolean toDisk) {
  static List<Way> all() {
    List<Way> ways = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ways.add(new Way((i & 1) == 0, (i & 2) == 0, (i & 4) != 0, false));
    }
    ways.add(new Way(true, true, false, true));
    ways.add(new Way(false, false, true, true));
    return ways;
  }

  @Override
  public String toString() {
    return (named ? "named" : "found out")
        + (inOne ? ", in one request" : ", in many requests")
        + (twice ? ", twice" : "")
        + (toDisk ? ", through the collector" : "");
  }

  Recorder post(String dialect, List<Body> bodies, Path folder) throws Exception {
    return toDisk ? collect(dialect, bodies, folder) : decode(dialect, bodies);
  }

  private Recorder collect(String dialect, List<Body> bodies, Path folder) throws Exception {
    Path own = Files.createTempDirectory(folder, "log");
    try (RealCollector collector = new RealCollector(own, named ? dialect : null)) {
      for (int round = 0; round < (twice ? 2 : 1); round++) {
        for (int i = 0; i < bodies.size(); i++) {
          Body body = bodies.get(i);
          int step = inOne ? body.records().size() : 1;
          for (int from = 0; from < body.records().size(); from += step) {
            List<String> part = body.records().subList(from, from + step);
            collector.post(part, body.context(dialect, i), from, body.eventStream());
          }
        }
      }
      return collector.recorded();
    }
  }

  private Recorder decode(String dialect, List<Body> bodies) {
    Recorder recorder = new Recorder(named ? dialect : null);
    for (int round = 0; round < (twice ? 2 : 1); round++) {
      for (int i = 0; i < bodies.size(); i++) {
        post(recorder, dialect, bodies.get(i), i);
      }
    }
    return recorder;
  }

  private void post(Recorder recorder, String dialect, Body body, int index) {
    Context context = body.context(dialect, index);
    if (inOne) {
      recorder.send(body.records(), context, true);
    } else {
      for (int i = 0; i < body.records().size(); i++) {
        recorder.send(body.records().subList(i, i + 1), context, i == 0);
        if (body.eventStream()) {
          recorder.end(dialect, context);
        }
      }
    }
    if (body.eventStream()) {
      recorder.end(dialect, context);
    }
  }
}
