// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The golden records of each dialect become exactly the events that stand beside them. A changed
 * reading shows as a changed text; {@code -Dgolden.write=true} writes the texts anew, to be looked
 * at line by line before they are committed.
 */
class GoldenTest {

  @TestFactory
  Stream<DynamicTest> goldenRecordsBecomeTheEventsBesideThem() {
    return Golden.all()
        .map(golden -> DynamicTest.dynamicTest(golden.toString(), () -> compare(golden)));
  }

  private static void compare(Golden golden) throws IOException {
    String actual = read(golden);
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(golden.expected(), actual);
    }
    assertEquals(Golden.read(golden.expected()), actual);
  }

  private static String read(Golden golden) {
    Dialect dialect = Dialects.standard().named(golden.dialect());
    assertNotNull(dialect);
    MapMemory memory = new MapMemory();
    Map<String, Long> numbers = new HashMap<>();
    StringBuilder text = new StringBuilder();
    int n = 0;
    for (Golden.Line line : golden.lines()) {
      switch (line) {
        case Golden.Line.Sent sent -> {
          byte[] bytes = sent.record().getBytes(StandardCharsets.UTF_8);
          RawRecord record = new RawRecord(bytes, Recorder.parse(bytes));
          n++;
          text.append(n).append(dialect.claims(record) ? "" : " (not claimed)");
          print(dialect.decode(record, numbered(sent.context(), numbers), memory), text);
        }
        case Golden.Line.Ended ended -> {
          text.append("end\n");
          print(dialect.endOfStream(ended.context(), memory), text);
        }
      }
    }
    return text.toString();
  }

  private static Context numbered(Context context, Map<String, Long> numbers) {
    return context.stream() == null
        ? context
        : context.withNumber(numbers.merge(context.stream(), 1L, Long::sum) - 1);
  }

  private static void print(Decoded decoded, StringBuilder text) {
    switch (decoded) {
      case Decoded.Rejected rejected ->
          text.append(" REJECTED ")
              .append(rejected.rejection().code().word())
              .append(' ')
              .append(rejected.rejection().pointer())
              .append(": ")
              .append(rejected.rejection().message())
              .append('\n');
      case Decoded.Drafts drafts -> {
        text.append(drafts.identity() == null ? "" : " id " + drafts.identity()).append('\n');
        print(drafts.drafts(), text);
      }
    }
  }

  private static void print(List<Draft> drafts, StringBuilder text) {
    for (Draft draft : drafts) {
      StringJoiner flags = new StringJoiner(" ");
      draft.flags().stream().sorted().forEach(flag -> flags.add("!" + flag.word()));
      text.append("  ").append(draft.fact().kind().word()).append(' ').append(draft.fact());
      text.append("\n    ").append(who(draft));
      if (flags.length() > 0) {
        text.append("\n    ").append(flags);
      }
      text.append('\n');
    }
  }

  private static String who(Draft draft) {
    Scope scope = draft.scope();
    StringJoiner who = new StringJoiner(" ");
    add(
        who,
        "run",
        scope.run() == null ? null : scope.run() + " " + scope.runIdQuality().name().charAt(0));
    add(who, "thread", scope.thread());
    add(who, "task", scope.task());
    add(who, "turn", scope.turn());
    add(who, "agent", scope.agent());
    add(who, "parent", scope.parentRun());
    add(who, "continues", scope.continuesRun());
    add(who, "depth", scope.depth());
    add(who, "attempt", scope.nativeAttempt());
    add(who, "trace", scope.trace());
    add(who, "type", draft.nativeType());
    add(who, "id", draft.nativeId());
    add(who, "at", draft.occurredAt());
    add(who, "order", draft.order());
    add(who, "says", draft.summary().isEmpty() ? null : "\"" + draft.summary() + "\"");
    return who.toString();
  }

  private static void add(StringJoiner who, String name, @Nullable Object value) {
    if (value != null) {
      who.add(name + "=" + value);
    }
  }
}
