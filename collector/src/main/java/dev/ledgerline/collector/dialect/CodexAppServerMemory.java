// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Memory;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is remembered between the lines of an app-server. */
final class CodexAppServerMemory {
  /** More calls or requests than a turn has open at a time; older ones are forgotten. */
  private static final int MOST_OPEN = 64;

  /**
   * A connection.
   *
   * @param latest the newest time that was told in it
   * @param turns those that are open, the newest last
   */
  record Connection(@Nullable Instant latest, List<String> turns) {
    static final Connection NEW = new Connection(null, List.of());
  }

  /** Of several connections one after the other, the newest. */
  record Succession(String connection) {}

  /**
   * A thread.
   *
   * @param turn the newest that started
   * @param open whether it has not ended
   * @param total tokens of the whole thread, null where none were told
   */
  record ThreadState(
      @Nullable String turn, boolean open, @Nullable TokenUsage total, @Nullable String agent) {
    static final ThreadState UNKNOWN = new ThreadState(null, false, null, null);

    ThreadState withTotal(TokenUsage now) {
      return new ThreadState(turn, open, now, agent);
    }
  }

  /**
   * A turn.
   *
   * @param before tokens of the thread when its first model call had not been made, null while none
   *     was told
   * @param calls ids of the tool calls that have not come back
   * @param asked what was asked and of which nobody has said how it was answered
   */
  record TurnState(
      @Nullable String thread,
      boolean open,
      @Nullable TokenUsage before,
      List<String> calls,
      List<Asked> asked) {

    TurnState over() {
      return new TurnState(thread, false, before, List.of(), List.of());
    }

    TurnState countingFrom(TokenUsage total) {
      return new TurnState(thread, open, total, calls, asked);
    }

    TurnState calling(String call) {
      return new TurnState(thread, open, before, added(without(calls, call::equals), call), asked);
    }

    TurnState returned(String call) {
      return new TurnState(thread, open, before, without(calls, call::equals), asked);
    }

    TurnState asking(Asked one) {
      return new TurnState(
          thread,
          open,
          before,
          calls,
          added(without(asked, other -> other.waitId().equals(one.waitId())), one));
    }

    TurnState answered(String waitId) {
      return new TurnState(
          thread, open, before, calls, without(asked, other -> other.waitId().equals(waitId)));
    }
  }

  /**
   * A request of the server.
   *
   * @param call the call that it is about, null where it is about none
   * @param approval whether it asks for permission
   * @param declined whether the call was not made, so that the answer was no, or cancel
   */
  record Asked(String waitId, @Nullable String call, boolean approval, boolean declined) {}

  /** Which turn a request of a connection belongs to. */
  record Request(String turn, String waitId, String method) {}

  private final Memory memory;

  CodexAppServerMemory(Memory memory) {
    this.memory = memory;
  }

  Connection connection(String key) {
    Connection known = memory.recall("connection\n" + key, Connection.class);
    return known == null ? Connection.NEW : known;
  }

  void remember(String key, Connection connection) {
    if (!connection.equals(connection(key))) {
      memory.remember("connection\n" + key, connection);
    }
  }

  /** The connection that this one follows, null where it is the first or the same. */
  @Nullable String succeed(String key, String connection) {
    Succession before = memory.recall("succession\n" + key, Succession.class);
    if (before != null && before.connection().equals(connection)) {
      return null;
    }
    memory.remember("succession\n" + key, new Succession(connection));
    return before == null ? null : before.connection();
  }

  ThreadState thread(@Nullable String id) {
    ThreadState known = id == null ? null : memory.recall("thread\n" + id, ThreadState.class);
    return known == null ? ThreadState.UNKNOWN : known;
  }

  void remember(String id, ThreadState thread) {
    memory.remember("thread\n" + id, thread);
  }

  @Nullable TurnState turn(@Nullable String id) {
    return id == null ? null : memory.recall("turn\n" + id, TurnState.class);
  }

  void remember(String id, TurnState turn) {
    memory.remember("turn\n" + id, turn);
  }

  @Nullable Request request(String connection, String id) {
    return memory.recall("request\n" + connection + "\n" + id, Request.class);
  }

  void remember(String connection, String id, Request request) {
    memory.remember("request\n" + connection + "\n" + id, request);
  }

  void forgetRequest(String connection, String id) {
    memory.forget("request\n" + connection + "\n" + id);
  }

  static <T> List<T> added(List<T> list, T one) {
    List<T> longer = new ArrayList<>(list);
    longer.add(one);
    return List.copyOf(longer.size() <= MOST_OPEN ? longer : longer.subList(1, longer.size()));
  }

  static <T> List<T> without(List<T> list, Predicate<T> which) {
    return list.stream().filter(which.negate()).toList();
  }
}
