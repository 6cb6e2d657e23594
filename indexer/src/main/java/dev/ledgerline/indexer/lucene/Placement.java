// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Flag;
import dev.ledgerline.run.RunFold.Placed;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.store.ByteArrayDataOutput;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.UnicodeUtil;
import org.jspecify.annotations.Nullable;

/**
 * What a fold found out about an event, in the bytes of one doc value that is replaced when a later
 * event shows that it was wrong.
 *
 * <pre>
 *  order zigzag | parentSeq + 1, 0 for none | flags, bit n: the n-th | step id in UTF-8, the rest
 * </pre>
 */
final class Placement {
  private static final Flag[] FLAGS = Flag.values();

  /** Of the numbers: 10 + 10 + 5. */
  private static final int HEAD_BYTES = 25;

  private Placement() {}

  static BytesRef encode(Placed placed) throws IOException {
    String step = placed.stepId();
    byte[] bytes =
        new byte[HEAD_BYTES + (step == null ? 0 : UnicodeUtil.maxUTF8Length(step.length()))];
    ByteArrayDataOutput out = new ByteArrayDataOutput(bytes);
    out.writeZLong(placed.order());
    out.writeVLong(placed.parentSeq() == null ? 0 : placed.parentSeq() + 1);
    out.writeVInt(bits(placed.flags()));

    int end = out.getPosition();
    if (step != null) {
      end = UnicodeUtil.UTF16toUTF8(step, 0, step.length(), bytes, end);
    }
    return new BytesRef(ArrayUtil.copyOfSubArray(bytes, 0, end));
  }

  static Placed decode(BytesRef bytes) throws IOException {
    ByteArrayDataInput in = new ByteArrayDataInput(bytes.bytes, bytes.offset, bytes.length);
    long order = in.readZLong();
    long parent = in.readVLong();
    Set<Flag> flags = flags(in.readVInt());
    int head = in.getPosition() - bytes.offset;
    String step =
        head == bytes.length
            ? null
            : new BytesRef(bytes.bytes, in.getPosition(), bytes.length - head).utf8ToString();
    return new Placed(flags, step, parent == 0 ? null : (Long) (parent - 1), order);
  }

  /** The order alone. */
  static long order(BytesRef bytes) throws IOException {
    return new ByteArrayDataInput(bytes.bytes, bytes.offset, bytes.length).readZLong();
  }

  static int bits(Set<Flag> flags) {
    int bits = 0;
    for (Flag flag : flags) {
      bits |= 1 << flag.ordinal();
    }
    return bits;
  }

  private static Set<Flag> flags(int bits) {
    EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : FLAGS) {
      if ((bits & (1 << flag.ordinal())) != 0) {
        flags.add(flag);
      }
    }
    return flags;
  }

  /** All values of the flags field in which that flag is set. */
  static long[] withFlag(@Nullable Flag flag) {
    int all = 1 << FLAGS.length;
    return java.util.stream.LongStream.range(1, all)
        .filter(bits -> flag == null || (bits & (1L << flag.ordinal())) != 0)
        .toArray();
  }
}
