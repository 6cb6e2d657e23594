// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.ForwardingLog;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.state.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestartTest extends StoreTest {
  private static final int ENDED = 30;

  @Test
  void aRestartDoesNotReadTheEventsOfRunsThatEndedAgain() throws Exception {
    Set<Position> ofTheOpenRun = new TreeSet<>();
    ofTheOpenRun.add(story.in("open").starts());
    for (int i = 0; i < ENDED; i++) {
      story.in("ended-" + i).starts();
      story.tell(new Fact.ToolCall("c", "grep", null), "ToolCall");
      story.tell(
          new Fact.ToolResult("c", "grep", ToolOutcome.OK, null, null, false, false), "ToolResult");
      story.ends(State.COMPLETED);
    }
    ofTheOpenRun.add(story.in("open").says("more"));
    index();
    store.commit();
    List<RunSummary> before = ended();
    store.close();

    ReadLog read = new ReadLog(log);
    store = LuceneRunStore.open(folder.resolve("index"), read, SETTINGS, CLOCK);
    assertEquals(Set.of(), read.positions);
    assertEquals(before, ended());
    assertEquals(Set.of(), read.positions, "summaries of ended runs come from the index");

    story.in("new").starts();
    story.in("open").ends(State.FAILED);
    index();
    assertEquals(ofTheOpenRun, read.positions, "only the run that goes on is folded again");
    assertEquals(before, ended());
    assertEquals(State.FAILED, run("open").state());
    assertEquals(Verdict.Result.OK, run("open").verdict());
    assertEquals(3, run("open").events());
  }

  private List<RunSummary> ended() throws IOException {
    List<RunSummary> ended = new ArrayList<>();
    for (int i = 0; i < ENDED; i++) {
      ended.add(run("ended-" + i));
    }
    return ended;
  }

  /** A log that knows what was read of it. What is new is read from the log itself. */
  private static final class ReadLog extends ForwardingLog {
    private final Set<Position> positions = new TreeSet<>();

    ReadLog(EventLog log) {
      super(log);
    }

    @Override
    public @Nullable LogEntry get(Position position) throws IOException {
      positions.add(position);
      return super.get(position);
    }

    @Override
    public Cursor read(Position after) throws IOException {
      Cursor cursor = super.read(after);
      return new Cursor() {
        @Override
        public @Nullable LogEntry next() throws IOException {
          LogEntry next = cursor.next();
          if (next != null) {
            positions.add(next.position());
          }
          return next;
        }

        @Override
        public void close() {
          cursor.close();
        }
      };
    }
  }
}
