// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.AgenticRun.Call;
import dev.ledgerline.collector.dialect.AgenticRun.CallState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tool calls of a run of agentic while one of its records is read. */
final class AgenticCalls {
  private final Map<String, Call> calls;

  AgenticCalls(Map<String, Call> remembered) {
    this.calls = new LinkedHashMap<>(remembered);
  }

  void open(String id, @Nullable String name, String agent) {
    calls.put(id, new Call(name == null ? "" : name, agent, CallState.OPEN));
  }

  void change(@Nullable String id, CallState state) {
    if (id != null) {
      calls.computeIfPresent(id, (ignored, call) -> call.in(state));
    }
  }

  boolean knows(String id) {
    return calls.containsKey(id);
  }

  boolean isIn(@Nullable String id, CallState state) {
    Call call = id == null ? null : calls.get(id);
    return call != null && call.state() == state;
  }

  boolean isOpen(@Nullable String id) {
    return isIn(id, CallState.OPEN) || isIn(id, CallState.PAUSED);
  }

  List<String> open() {
    List<String> open = new ArrayList<>();
    calls.forEach(
        (id, call) -> {
          if (call.isOpen()) {
            open.add(id);
          }
        });
    return open;
  }

  /** The call that waits for somebody, null where none does. */
  @Nullable String paused() {
    for (Map.Entry<String, Call> call : calls.entrySet()) {
      if (call.getValue().state() == CallState.PAUSED) {
        return call.getKey();
      }
    }
    return null;
  }

  /** Forgets the calls of an agent that are over: its model call has ended and told them all. */
  void forgetEnded(String agent) {
    calls.values().removeIf(call -> !call.isOpen() && call.agent().equals(agent));
  }

  Map<String, Call> remembered() {
    return calls;
  }
}
