// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.ledgerline.log.Position;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint on disk: written beside the old one, synced, and renamed over it.
 *
 * <pre>
 *   version 4 | crc32c of the rest 8 | log 16 | position 8 | forgetful 1
 *   | parts of ids | accounts | ends of streams | what dialects remember      each after its count
 * </pre>
 */
final class CheckpointFile {
  private static final Logger log = LoggerFactory.getLogger(CheckpointFile.class);

  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 12;

  private final Path file;
  private final RecordCodec codec;

  CheckpointFile(Path folder, RecordCodec codec) {
    this.file = folder.resolve("checkpoint");
    this.codec = codec;
  }

  void write(Checkpoint checkpoint) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 12);
    body(checkpoint, new DataOutputStream(bytes));
    ByteBuffer body = ByteBuffer.wrap(bytes.toByteArray());
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).putInt(VERSION).putLong(crc(body)).flip();
    Path fresh = file.resolveSibling("checkpoint.tmp");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      while (head.hasRemaining()) {
        channel.write(head);
      }
      while (body.hasRemaining()) {
        channel.write(body);
      }
      channel.force(true);
    }
    Files.move(fresh, file, ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(file.resolveSibling("."))) {
      folder.force(true);
    }
  }

  /** The checkpoint, null where there is none that can be read. */
  @Nullable Checkpoint read() throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    try {
      if (bytes.remaining() < HEAD_BYTES || bytes.getInt() != VERSION) {
        throw new IOException("another version");
      }
      if (bytes.getLong() != crc(bytes)) {
        throw new IOException("its checksum is wrong");
      }
      return body(
          new DataInputStream(
              new ByteArrayInputStream(bytes.array(), bytes.position(), bytes.remaining())));
    } catch (IOException e) {
      log.warn("not using {}: {}", file, e.getMessage());
      return null;
    }
  }

  private static long crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return crc.getValue();
  }

  private void body(Checkpoint checkpoint, DataOutputStream out) throws IOException {
    out.writeLong(checkpoint.log().getMostSignificantBits());
    out.writeLong(checkpoint.log().getLeastSignificantBits());
    out.writeLong(checkpoint.position().number());
    out.writeBoolean(checkpoint.forgetful());
    out.writeInt(checkpoint.ids().size());
    for (IdJournal.Part part : checkpoint.ids()) {
      out.writeLong(part.number());
      out.writeLong(part.ids());
    }
    out.writeInt(checkpoint.accounts().size());
    for (Ledger.Account account : checkpoint.accounts()) {
      RecordCodec.text(account.source(), out);
      out.writeLong(account.stored());
      out.writeLong(account.duplicates());
      out.writeLong(account.rejected());
    }
    out.writeInt(checkpoint.streams().size());
    for (Checkpoint.StreamEnd end : checkpoint.streams()) {
      RecordCodec.text(end.lane(), out);
      RecordCodec.text(end.stream(), out);
      out.writeLong(end.next());
      codec.write(end.dialect(), out);
    }
    remembered(checkpoint.memory(), out);
  }

  /** Each after its length, so that what cannot be read any more is skipped. */
  private void remembered(List<Checkpoint.Remembered> memory, DataOutputStream out)
      throws IOException {
    out.writeInt(memory.size());
    for (Checkpoint.Remembered remembered : memory) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream one = new DataOutputStream(bytes);
      RecordCodec.text(remembered.lane(), one);
      RecordCodec.text(remembered.key().source(), one);
      RecordCodec.text(remembered.key().dialect(), one);
      RecordCodec.text(remembered.key().name(), one);
      try {
        codec.write(remembered.value(), one);
      } catch (IOException e) {
        log.warn(
            "dialect {} will forget something: {}", remembered.key().dialect(), e.getMessage());
        bytes.reset();
      }
      out.writeInt(bytes.size());
      bytes.writeTo(out);
    }
  }

  private Checkpoint body(DataInputStream in) throws IOException {
    UUID log = new UUID(in.readLong(), in.readLong());
    Position position = Position.of(in.readLong());
    boolean forgetful = in.readBoolean();
    List<IdJournal.Part> ids = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      ids.add(new IdJournal.Part(in.readLong(), in.readLong()));
    }
    List<Ledger.Account> accounts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      String source = RecordCodec.text(in);
      long stored = in.readLong();
      long duplicates = in.readLong();
      long rejected = in.readLong();
      long received = stored + duplicates + rejected;
      accounts.add(new Ledger.Account(source, received, stored, duplicates, rejected, 0));
    }
    List<Checkpoint.StreamEnd> streams = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      streams.add(
          new Checkpoint.StreamEnd(
              RecordCodec.text(in), RecordCodec.text(in), in.readLong(), (String) codec.read(in)));
    }
    List<Checkpoint.Remembered> memory = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      Checkpoint.Remembered remembered = remembered(in.readNBytes(in.readInt()));
      if (remembered != null) {
        memory.add(remembered);
      }
    }
    return new Checkpoint(log, position, forgetful, ids, accounts, streams, memory);
  }

  private Checkpoint.@Nullable Remembered remembered(byte[] bytes) {
    if (bytes.length == 0) {
      return null;
    }
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      String lane = RecordCodec.text(in);
      DialectMemory.Key key =
          new DialectMemory.Key(RecordCodec.text(in), RecordCodec.text(in), RecordCodec.text(in));
      Object value = codec.read(in);
      return value instanceof Record record ? new Checkpoint.Remembered(lane, key, record) : null;
    } catch (IOException e) {
      log.warn("something remembered cannot be read any more: {}", e.getMessage());
      return null;
    }
  }
}
