// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.RunReader.DeadlineException;
import java.util.Arrays;

/** A set of numbers of runs, bounded: how one index is asked about what the other one found. */
final class Numbers {
  /** 16 MiB; a question that needs more is not answered. */
  private static final int MAX = 2 << 20;

  private long[] numbers = new long[256];
  private int size;
  private int sorted;
  private boolean tooMany;

  void add(long number) {
    if (tooMany || (size > 0 && numbers[size - 1] == number)) {
      return;
    }
    if (size == numbers.length) {
      compact();
      if (size > numbers.length / 2) {
        tooMany = size > MAX;
        numbers = Arrays.copyOf(numbers, numbers.length * 2);
      }
    }
    numbers[size++] = number;
  }

  private void compact() {
    if (sorted == size) {
      return;
    }
    Arrays.sort(numbers, 0, size);
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (kept == 0 || numbers[kept - 1] != numbers[i]) {
        numbers[kept++] = numbers[i];
      }
    }
    size = kept;
    sorted = kept;
  }

  /** In ascending order. */
  long[] toArray() throws DeadlineException {
    compact();
    if (tooMany) {
      throw new DeadlineException();
    }
    return Arrays.copyOf(numbers, size);
  }
}
