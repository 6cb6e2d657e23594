// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.run.audit.LoopFold.Loop;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LoopFoldTest {
  private final LoopFold fold = new LoopFold();
  private long seq;

  /** One call for each letter. */
  private void calls(String agent, String letters) {
    letters.chars().forEach(letter -> fold.call(agent, "tool", letter, ++seq));
  }

  private List<Loop> loops(String letters) {
    calls("a", letters);
    return fold.loops();
  }

  private static Loop loop(int period, int times, long from, long to) {
    return new Loop("a", "tool", period, times, from, to);
  }

  @Test
  void theSameCallThreeTimesInARowIsALoop() {
    assertEquals(List.of(loop(1, 3, 2, 4)), loops("xaaay"));
  }

  @Test
  void twiceIsASecondTry() {
    assertEquals(List.of(), loops("xaaybb"));
  }

  @Test
  void otherArgumentsAreAnotherCall() {
    assertEquals(List.of(), loops("abcdefgh"));
  }

  @Test
  void aRoundOfSeveralCallsIsALoopToo() {
    assertEquals(List.of(loop(3, 4, 2, 13)), loops("xabcabcabcabcy"));
    calls("b", "12345678".repeat(3));
    assertEquals(new Loop("b", "tool", 8, 3, 15, 38), fold.loops().get(1));
  }

  @Test
  void aLoopThatGoesOnIsToldAndGrows() {
    assertEquals(List.of(loop(1, 3, 1, 3)), loops("aaa"));
    assertEquals(List.of(loop(1, 5, 1, 5)), loops("aa"));
  }

  @Test
  void twoLoopsAreTwo() {
    assertEquals(List.of(loop(1, 4, 1, 4), loop(1, 3, 6, 8)), loops("aaaaxaaa"));
  }

  @Test
  void agentsAreFollowedEachForItself() {
    for (int i = 0; i < 3; i++) {
      calls("a", "x");
      calls("b", "y");
    }
    assertEquals(List.of("a", "b"), fold.loops().stream().map(Loop::agent).toList());
  }

  @Test
  void chanceMakesNoLoop() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      fold.call("a", "tool", random.nextLong(), ++seq);
    }
    assertEquals(List.of(), fold.loops());
  }
}
