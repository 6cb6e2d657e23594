// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Scope;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ids and names become terms of an index, which has a limit for them: so have we. */
final class IdLength {
  private final int most;

  IdLength(int mostBytes) {
    this.most = mostBytes;
  }

  /** Why the record cannot be stored, or null. */
  @Nullable Rejection judge(RawRecord record, List<Draft> drafts) {
    for (Draft draft : drafts) {
      String tooLong = tooLong(draft);
      if (tooLong != null) {
        return new Rejection(
            Rejection.Code.TOO_LARGE,
            pointer(record.json(), tooLong),
            "an id or name is longer than " + most + " bytes, which is the limit");
      }
    }
    return null;
  }

  private @Nullable String tooLong(Draft draft) {
    Scope scope = draft.scope();
    String found = first(scope.run(), scope.thread(), scope.task(), scope.turn(), scope.agent());
    if (found == null) {
      found = first(scope.parentRun(), scope.continuesRun(), scope.trace());
    }
    if (found == null) {
      found = first(draft.nativeId(), draft.nativeType());
    }
    return found == null ? ofFact(draft.fact()) : found;
  }

  private @Nullable String ofFact(Fact fact) {
    return switch (fact) {
      case Fact.ToolCall f -> first(f.callId(), f.name());
      case Fact.ToolProgress f -> first(f.callId(), f.name());
      case Fact.ToolResult f -> first(f.callId(), f.name());
      case Fact.WaitOpened f -> first(f.waitId(), f.callId());
      case Fact.WaitResolved f -> first(f.waitId(), f.resolvedRun());
      case Fact.StateChange f -> first(f.entityId(), f.nativeFrom(), f.nativeTo());
      case Fact.ModelRequest f -> first(f.callId(), f.model());
      case Fact.ModelResponse f -> first(f.callId(), f.model());
      case Fact.ArtifactProduced f -> first(f.artifactId(), f.mediaType());
      case Fact.Handoff f -> first(f.from(), f.to());
      case Fact.SpanRecorded f ->
          first(f.spanId(), f.parentSpanId(), f.callId(), f.name(), f.runName());
      case Fact.UsageReported f -> first(f.series());
      case Fact.PartOf f -> first(f.whole());
      default -> null;
    };
  }

  private @Nullable String first(@Nullable String... ids) {
    for (String id : ids) {
      if (id != null && Utf8.isLonger(id, most)) {
        return id;
      }
    }
    return null;
  }

  /** Where it stands, if it is a field of the record or one below it. */
  private static @Nullable String pointer(JsonNode record, String text) {
    for (Map.Entry<String, JsonNode> field : record.properties()) {
      String key = "/" + field.getKey().replace("~", "~0").replace("/", "~1");
      if (text.equals(field.getValue().textValue())) {
        return key;
      }
      if (field.getValue().isObject()) {
        String below = pointer(field.getValue(), text);
        if (below != null) {
          return key + below;
        }
      }
    }
    return null;
  }
}
