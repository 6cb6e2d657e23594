// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dialect that must not see a record twice: {@code {"add":3,"to":"a","id":"optional"}} answers
 * with the sum so far. The end of its stream concludes the last sum.
 */
public final class SummingDialect implements Dialect {
  record Sum(long value, List<String> seen) {}

  @Override
  public String name() {
    return "summing";
  }

  @Override
  public boolean claims(RawRecord record) {
    return record.json().has("add");
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    JsonNode json = record.json();
    if (!json.path("add").isInt()) {
      return new Decoded.Rejected(
          new Rejection(Rejection.Code.INVALID_FIELD, "/add", "add is a number"));
    }
    String to = json.path("to").asText("total");
    Sum before = memory.recall(to, Sum.class);
    long sum = (before == null ? 0 : before.value) + json.path("add").intValue();
    memory.remember(to, new Sum(sum, List.of("last", String.valueOf(json.path("add")))));
    memory.remember("last", new Sum(sum, List.of()));
    @Nullable String id = json.path("id").textValue();
    Draft draft =
        Draft.of(
            Scope.of(json.path("run").textValue(), null, null),
            "add",
            new Fact.LogLine(null),
            Long.toString(sum));
    return Decoded.Drafts.of(id, draft.withNativeId(id));
  }

  @Override
  public List<Draft> endOfStream(Context context, Memory memory) {
    Sum last = memory.recall("last", Sum.class);
    if (last == null) {
      return List.of();
    }
    Fact fact =
        new Fact.StateChange(
            Entity.RUN,
            null,
            null,
            State.LOST,
            null,
            null,
            null,
            Quality.SYNTHESIZED,
            Fact.Firmness.SOFT);
    return List.of(
        Draft.of(Scope.of(context.run(), null, null), "end", fact, Long.toString(last.value)));
  }
}
