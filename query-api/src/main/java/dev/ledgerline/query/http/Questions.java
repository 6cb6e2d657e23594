// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The questions by their paths, for HTTP and for whoever else asks. */
public final class Questions {
  /** Finds the answer and says how to write it. */
  interface Question {
    JsonOut.Body answer(Ask ask) throws UnansweredException, IOException;
  }

  private final Runs runs;
  private final Map<String, Question> byPath = new LinkedHashMap<>();

  Questions(Runs runs) {
    this.runs = runs;
  }

  void add(String path, Question question) {
    byPath.put(path, question);
  }

  void forEach(BiConsumer<String, Question> each) {
    byPath.forEach(each);
  }

  /** Whether there is a question under that path, as {@code /openapi.json} writes it. */
  public boolean has(String path) {
    return byPath.containsKey(path);
  }

  /**
   * The answer as JSON.
   *
   * @param path as {@code /openapi.json} writes it, for example {@code /v1/runs/{run}}
   * @param values what stands in the path and the parameters, by name
   */
  public byte[] answer(String path, Map<String, String> values)
      throws UnansweredException, IOException {
    Question question = byPath.get(path);
    if (question == null) {
      throw new IllegalArgumentException("no question under " + path);
    }
    if (!runs.ready()) {
      throw new UnansweredException.TooSlow("the index is being built: " + runs.progress());
    }
    return JsonOut.bytes(question.answer(new Ask(new Asked.ByName(values))));
  }
}
