// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Rejection.Code;
import java.util.List;
import java.util.Set;

/**
 * The session files of Codex ({@code rollout-….jsonl}). A run is a turn and has its id; what names
 * no turn belongs to the one that it stands in. Records stand where their number says, in older
 * versions their time; in what order they come makes no difference as far as they name their turn
 * (since 0.149 all but readings of tokens and what concerns the thread, which is found out). The
 * same act stands in a file up to three times; what becomes a fact is:
 *
 * <ul>
 *   <li>messages and reasoning: the {@code event_msg} ({@code item_completed}, in older versions
 *       {@code user_message} and its kin); the {@code response_item} is evidence
 *   <li>tool calls: the {@code response_item}, which alone has the model's call id; how a call went
 *       is said by {@code item_completed} at any later time, until then by the output's text
 *   <li>tokens: the turn's total in {@code token_usage_record}; in versions without these records
 *       the rise of {@code token_count}, taken back where it turns out to be another turn's
 * </ul>
 *
 * <p>Waits cannot be seen in these files. What belongs to no turn is stored without a run, and so
 * is the history that a fork copied, if the file that it comes from has told it.
 */
public final class CodexRolloutDialect implements Dialect {
  public static final String NAME = "codex-rollout";

  private static final Set<String> TYPES =
      Set.of(
          "session_meta",
          "response_item",
          "event_msg",
          "turn_context",
          "world_state",
          "token_usage_record",
          "compacted",
          "inter_agent_communication");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    JsonNode json = record.json();
    return json.isObject()
        && json.path("payload").isObject()
        && json.path("timestamp").isTextual()
        && TYPES.contains(json.path("type").asText());
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    if (!record.json().isObject()) {
      return Decoded.Rejected.of(Code.INVALID_FIELD, "", "a record of a rollout is a JSON object");
    }
    Fields line = Fields.of(record.json(), "");
    String type = line.text("type");
    if (type == null || type.isEmpty()) {
      return Decoded.Rejected.of(Code.MISSING_FIELD, "/type", "type is required");
    }
    String key = fileKey(context);
    CodexRolloutFile known = memory.recall(key, CodexRolloutFile.class);
    CodexRolloutReading reading =
        new CodexRolloutReading(
            line,
            line.inside("payload"),
            context,
            known == null ? CodexRolloutFile.UNKNOWN : known,
            memory);
    List<Draft> drafts = reading.read(type);
    Rejection tooLong = line.refusal();
    if (tooLong != null) {
      return new Decoded.Rejected(tooLong);
    }
    if (!reading.file().equals(known)) {
      memory.remember(key, reading.file());
    }
    return new Decoded.Drafts(null, drafts);
  }

  private static String fileKey(Context context) {
    return context.stream() != null
        ? "stream/" + context.stream()
        : context.thread() != null ? "thread-stream/" + context.thread() : "stream";
  }
}
