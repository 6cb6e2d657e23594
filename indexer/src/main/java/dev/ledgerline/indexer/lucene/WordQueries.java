// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MultiPhraseQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/** Queries for words of a text field. */
final class WordQueries {
  private WordQueries() {}

  /**
   * Documents in which those words follow each other.
   *
   * @param words at least one
   * @param prefix the last one is the beginning of a word
   */
  static Query query(IndexReader reader, String field, List<String> words, boolean prefix)
      throws IOException {
    Term last = new Term(field, words.getLast());
    if (words.size() == 1) {
      return prefix ? new PrefixQuery(last) : new TermQuery(last);
    }
    if (!prefix) {
      return new PhraseQuery(field, words.toArray(String[]::new));
    }
    Term[] endings = startingWith(reader, last);
    if (endings.length == 0) {
      return new MatchNoDocsQuery("no word begins with " + last.text());
    }
    MultiPhraseQuery.Builder phrase = new MultiPhraseQuery.Builder();
    for (String word : words.subList(0, words.size() - 1)) {
      phrase.add(new Term(field, word));
    }
    return phrase.add(endings).build();
  }

  /** At most as many as a query may have clauses. */
  private static Term[] startingWith(IndexReader reader, Term prefix) throws IOException {
    Set<Term> found = new LinkedHashSet<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      Terms terms = leaf.reader().terms(prefix.field());
      if (terms == null) {
        continue;
      }
      TermsEnum words = terms.iterator();
      if (words.seekCeil(prefix.bytes()) == TermsEnum.SeekStatus.END) {
        continue;
      }
      for (BytesRef word = words.term();
          word != null
              && StringHelper.startsWith(word, prefix.bytes())
              && found.size() < IndexSearcher.getMaxClauseCount();
          word = words.next()) {
        found.add(new Term(prefix.field(), BytesRef.deepCopyOf(word)));
      }
    }
    return found.toArray(Term[]::new);
  }
}
