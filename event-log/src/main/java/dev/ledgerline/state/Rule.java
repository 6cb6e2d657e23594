// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import org.jspecify.annotations.Nullable;

/** What some machines ask for beside their transitions; in a file after the word "rule". */
public enum Rule {
  BEGINS_WITH_ITS_START("a run begins with its start"),
  RESULT_ANSWERS_A_CALL("a result answers a call"),
  NOTHING_FOLLOWS_THE_END("nothing follows the end");

  private final String words;

  Rule(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }

  static @Nullable Rule of(String words) {
    for (Rule rule : values()) {
      if (rule.words.equals(words)) {
        return rule;
      }
    }
    return null;
  }
}
