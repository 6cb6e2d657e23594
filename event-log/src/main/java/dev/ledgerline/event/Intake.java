// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way into the log for whoever has split a delivery into records already; the collector
 * implements it.
 */
public interface Intake {
  /**
   * Stores the records and returns when they are durable. Records that cannot be stored are named
   * in the receipt and kept in quarantine; the others are not held up by them.
   *
   * @param dialect the name of the dialect that reads them
   * @param records UTF-8 JSON, one record each
   * @throws IntakeUnavailableException nothing was stored; the sender should try again later
   */
  Receipt take(String dialect, List<byte[]> records, Context context)
      throws IntakeUnavailableException, InterruptedException;

  /**
   * The same with records that begin alike, one group after the other. The receipt need not name
   * those that were stored.
   */
  default Receipt takeAlike(String dialect, List<Alike> groups, Context context)
      throws IntakeUnavailableException, InterruptedException {
    List<byte[]> records = new ArrayList<>();
    for (Alike alike : groups) {
      for (int i = 0; i < alike.items().count(); i++) {
        records.add(alike.record(i));
      }
    }
    return take(dialect, records, context);
  }

  /**
   * Records that begin with the same bytes, which are read once for all of them. Each is a JSON
   * object in UTF-8: the head, one of the items, a brace.
   *
   * @param head up to the value of the last member, for example <code>{"a":1,"item":</code>; it and
   *     an item are looked through for secrets one after the other
   * @param items that value, one for each record
   */
  record Alike(byte[] head, Items items) {
    /** The record at that index. */
    public byte[] record(int index) {
      byte[] item = items.item(index).json();
      byte[] record = Arrays.copyOf(head, head.length + item.length + 1);
      System.arraycopy(item, 0, record, head.length, item.length);
      record[record.length - 1] = '}';
      return record;
    }
  }

  /** Items that need not exist before they are asked for; asked by one thread, in order. */
  interface Items {
    int count();

    /** One of them, made anew whenever it is asked for. */
    Item item(int index);
  }

  /**
   * An item.
   *
   * @param json it, in UTF-8
   * @param tree the same, where the sender's encoding gave it at once: whoever takes no secret out
   *     of the item need not parse it
   */
  record Item(byte[] json, @Nullable Tree tree) {}

  /**
   * JSON that was never parsed.
   *
   * @param depth objects and arrays in each other
   * @param keys of all objects together
   */
  record Tree(JsonNode json, int depth, int keys) {}
}
