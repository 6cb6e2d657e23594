// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import java.util.List;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;

/**
 * The words of some texts, with positions so that phrases can be found, and without norms: nothing
 * is ranked, lists are by time.
 */
final class WordsField extends Field {
  private static final FieldType TYPE = new FieldType();

  static {
    TYPE.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
    TYPE.setTokenized(true);
    TYPE.setOmitNorms(true);
    TYPE.freeze();
  }

  private final WordStream words;

  WordsField(String name) {
    this(name, new WordStream());
  }

  private WordsField(String name, WordStream words) {
    super(name, words, TYPE);
    this.words = words;
  }

  void set(List<String> texts) {
    words.set(texts);
  }
}
