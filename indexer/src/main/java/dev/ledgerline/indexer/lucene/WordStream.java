// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.query.Words;
import java.util.List;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/** The words of some texts, one after the other. A phrase never reaches from one to the next. */
final class WordStream extends TokenStream {
  private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
  private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
  private final Words words = new Words("");
  private List<String> texts = List.of();
  private int next;
  private boolean first;

  void set(List<String> texts) {
    this.texts = texts;
  }

  @Override
  public void reset() {
    next = 0;
    words.reset("");
  }

  @Override
  public boolean incrementToken() {
    while (!words.next()) {
      if (next == texts.size()) {
        return false;
      }
      words.reset(texts.get(next++));
      first = true;
    }
    term.copyBuffer(words.chars(), 0, words.length());
    step.setPositionIncrement(first ? 2 : 1);
    first = false;
    return true;
  }
}
