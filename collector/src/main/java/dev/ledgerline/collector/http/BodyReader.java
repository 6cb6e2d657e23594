// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.http;

import com.github.luben.zstd.ZstdInputStream;
import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.DeliveryRefusedException.Code;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.event.IntakeUnavailableException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request into memory: decoded, and never more than the limit, whatever the
 * request says about itself.
 *
 * <p>The buffer doubles up to {@link #TRUST_BYTES}; whoever has sent that much gets the rest at
 * once (what was declared, else the limit), so that at no time much more than the limit is held.
 * What the buffer takes is reserved before it is made.
 */
public final class BodyReader {
  /** How much of a refused body is read and thrown away, and for how long. */
  private static final long DRAIN_BYTES = 16 << 20;

  private static final long DRAIN_NANOS = 2_000_000_000L;

  private static final int FIRST_BYTES = 16 << 10;
  private static final int TRUST_BYTES = 4 << 20;
  private static final int GZIP_BUFFER_BYTES = 8 << 10;

  /** Of a frame of zstd; what every decoder must support (RFC 8878). Native memory, per request. */
  private static final int ZSTD_WINDOW_LOG = 23;

  private final Limits limits;
  private final Admission admission;

  public BodyReader(Limits limits, Admission admission) {
    this.limits = limits;
    this.admission = admission;
  }

  /**
   * Reads to the end.
   *
   * @param encoding {@code Content-Encoding}, null for none
   * @param declaredLength {@code Content-Length}, -1 for none
   * @throws BodyException it cannot be read; see its refusal. Also where the connection broke: what
   *     had come by then is its beginning
   * @throws IntakeUnavailableException there is no room for it
   */
  public Body read(InputStream in, @Nullable String encoding, long declaredLength)
      throws BodyException, IntakeUnavailableException, InterruptedException {
    try {
      return readToEnd(in, encoding, declaredLength);
    } catch (BodyException | IntakeUnavailableException e) {
      drain(in);
      throw e;
    }
  }

  /**
   * Reads on for a while: a sender that is cut off in the middle of its body is reset by the
   * network and never sees the answer that says why.
   */
  private static void drain(InputStream in) {
    byte[] unread = new byte[16 << 10];
    long end = System.nanoTime() + DRAIN_NANOS;
    try {
      for (long left = DRAIN_BYTES; left > 0 && System.nanoTime() < end; ) {
        int n = in.read(unread);
        if (n < 0) {
          return;
        }
        left -= n;
      }
    } catch (IOException e) {
      // nobody is there any more to be answered
    }
  }

  private Body readToEnd(InputStream in, @Nullable String encoding, long declaredLength)
      throws BodyException, IntakeUnavailableException, InterruptedException {
    String coding = encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT);
    boolean plain = coding.isEmpty() || coding.equals("identity");
    if (!plain && !coding.equals("gzip") && !coding.equals("x-gzip") && !coding.equals("zstd")) {
      throw refused(
          Code.UNSUPPORTED_ENCODING, "Content-Encoding is gzip, zstd or none", new byte[0], 0);
    }
    if (declaredLength > limits.requestBytes()) {
      throw tooLarge();
    }
    Admission.Hold hold = admission.hold();
    boolean read = false;
    try {
      Counting counting = new Counting(in);
      int expected = plain && declaredLength >= 0 ? (int) declaredLength : -1;
      hold.atLeast(Math.max(FIRST_BYTES, declaredLength));
      Reading reading = new Reading(counting, plain, hold, expected);
      reading.readToEnd(coding);
      if (expected >= 0 && reading.length < expected) {
        throw refused(
            Code.TRUNCATED,
            "Content-Length is " + expected + ", the body has " + reading.length + " bytes",
            reading.buffer,
            reading.length);
      }
      read = true;
      return new Body(reading.buffer, reading.length, hold);
    } finally {
      if (!read) {
        hold.close();
      }
    }
  }

  private BodyException tooLarge() {
    return refused(
        Code.TOO_LARGE,
        "the body is larger than " + limits.requestBytes() + " bytes (decoded), which is the limit",
        new byte[0],
        0);
  }

  private static BodyException refused(Code code, String message, byte[] read, int length) {
    return refused(code, message, read, length, false);
  }

  private static BodyException refused(
      Code code, String message, byte[] read, int length, boolean senderGone) {
    return new BodyException(
        new DeliveryRefusedException(code, message),
        Arrays.copyOf(read, Math.min(length, Limits.REFUSED_REQUEST_BYTES)),
        senderGone);
  }

  /** One body being read. */
  private final class Reading {
    private final Counting received;
    private final boolean plain;
    private final Admission.Hold hold;
    private final int expected;
    private byte[] buffer;
    private int length;

    Reading(Counting received, boolean plain, Admission.Hold hold, int expected) {
      this.received = received;
      this.plain = plain;
      this.hold = hold;
      this.expected = expected;
      this.buffer = new byte[expected >= 0 ? Math.min(expected + 1, TRUST_BYTES) : FIRST_BYTES];
    }

    void readToEnd(String coding)
        throws BodyException, IntakeUnavailableException, InterruptedException {
      try {
        if (plain) {
          readAll(received);
        } else {
          readCompressed(coding);
        }
      } catch (IOException e) {
        throw refused(
            Code.TRUNCATED, "the body could not be read to its end", buffer, length, true);
      }
    }

    private void readCompressed(String coding)
        throws BodyException, IntakeUnavailableException, IOException, InterruptedException {
      try (InputStream decoded = decoder(coding)) {
        readAll(decoded);
      } catch (IOException e) {
        if (received.failed) {
          throw e;
        }
        throw corrupt(coding, e);
      }
    }

    private InputStream decoder(String coding) throws IOException {
      return coding.equals("zstd")
          ? new ZstdInputStream(received).setLongMax(ZSTD_WINDOW_LOG)
          : new GZIPInputStream(received, GZIP_BUFFER_BYTES);
    }

    private BodyException corrupt(String coding, IOException e) {
      boolean cut = received.ended && (e instanceof EOFException || coding.equals("zstd"));
      return refused(
          cut ? Code.TRUNCATED : Code.INVALID_ENCODING,
          "the body is not whole or not valid " + coding,
          buffer,
          length);
    }

    private void readAll(InputStream in)
        throws BodyException, IntakeUnavailableException, IOException, InterruptedException {
      while (true) {
        if (length == buffer.length) {
          if (length > limits.requestBytes()) {
            throw tooLarge();
          }
          grow();
        }
        int n = in.read(buffer, length, buffer.length - length);
        if (n < 0) {
          return;
        }
        length += n;
        if (length > limits.requestBytes()) {
          throw tooLarge();
        }
        if (!plain
            && length > Limits.RATIO_FREE_BYTES
            && length / limits.compressionRatio() > received.count) {
          throw refused(
              Code.TOO_LARGE,
              "the body is compressed more than "
                  + limits.compressionRatio()
                  + " to 1, which is the limit",
              new byte[0],
              0);
        }
      }
    }

    /** One byte more than may come, so that the end is seen without another buffer. */
    private void grow() throws IntakeUnavailableException, InterruptedException {
      long most = (expected >= 0 ? expected : limits.requestBytes()) + 1L;
      long next = buffer.length < TRUST_BYTES ? Math.min(buffer.length * 2L, most) : most;
      hold.atLeast(next);
      buffer = Arrays.copyOf(buffer, (int) Math.max(next, buffer.length + 1L));
    }
  }

  /** Counts what was really received. */
  private static final class Counting extends FilterInputStream {
    private long count;
    private boolean ended;
    private boolean failed;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        int n = in.read(bytes, offset, length);
        if (n < 0) {
          ended = true;
        } else {
          count += n;
        }
        return n;
      } catch (IOException e) {
        failed = true;
        throw e;
      }
    }

    @Override
    public void close() {
      // the request belongs to the server
    }
  }
}
