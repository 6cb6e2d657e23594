// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Messages that can be settled together: their offsets follow each other, and they say the same
 * about themselves. A message with one record is numbered by its offset. One with several is a
 * stream of its own, {@code <stream>/<offset>}, so that no number stands for two records.
 */
final class MessageGroups {
  private final RecordSplitter splitter;
  private final Limits limits;
  private final List<Group> groups = new ArrayList<>();

  /**
   * Messages for one settlement.
   *
   * @param refused why no record was found; then it is one message
   */
  record Group(
      Message first,
      Origin origin,
      List<Piece> pieces,
      boolean endsStream,
      @Nullable DeliveryRefusedException refused) {

    private boolean isFollowedBy(Message next) {
      Long offset = first.origin().offset();
      Long following = next.origin().offset();
      return offset != null
          && following != null
          && following == offset + pieces.size()
          && Objects.equals(first.dialect(), next.dialect())
          && Objects.equals(first.origin().stream(), next.origin().stream())
          && Objects.equals(first.origin().source(), next.origin().source())
          && first.origin().ids().equals(next.origin().ids());
    }
  }

  private MessageGroups(RecordSplitter splitter, Limits limits) {
    this.splitter = splitter;
    this.limits = limits;
  }

  static List<Group> of(List<Message> messages, RecordSplitter splitter, Limits limits) {
    MessageGroups grouping = new MessageGroups(splitter, limits);
    messages.forEach(grouping::add);
    return grouping.groups;
  }

  /** The group that may still grow: of messages with one record each. */
  private @Nullable Group growing;

  private void add(Message message) {
    RecordSplitter.Pieces found;
    try {
      found = splitter.splitMessage(message.value());
    } catch (DeliveryRefusedException e) {
      group(new Group(message, message.origin(), List.of(), false, e));
      return;
    }
    List<Piece> pieces = found.list();
    if (pieces.size() != 1 || found.endsStream() || pieces.getFirst().rejection() != null) {
      Origin own = pieces.size() == 1 ? message.origin() : streamOfItsOwn(message.origin());
      group(new Group(message, own, pieces, found.endsStream(), null));
      return;
    }
    Piece piece = pieces.getFirst();
    // A message is whole: nothing more of this record is to come.
    piece = new Piece(piece.in(), piece.from(), piece.to(), piece.text(), false, null);
    if (growing != null
        && growing.pieces().size() < limits.requestRecords()
        && growing.isFollowedBy(message)) {
      growing.pieces().add(piece);
      return;
    }
    List<Piece> list = new ArrayList<>();
    list.add(piece);
    group(new Group(message, message.origin(), list, false, null));
    growing = groups.getLast();
  }

  private void group(Group group) {
    groups.add(group);
    growing = null;
  }

  private static Origin streamOfItsOwn(Origin origin) {
    return new Origin(origin.source(), origin.stream() + "/" + origin.offset(), 0L, origin.ids());
  }
}
