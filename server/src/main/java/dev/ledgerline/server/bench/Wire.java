// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is kept open, and as little HTTP/1.1 as a load generator needs: it shares the
 * processors with the server that it measures.
 */
final class Wire implements AutoCloseable {
  private static final int LENGTH_DIGITS = 9;

  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;
  private final byte[] answer = new byte[64 * 1024];
  private int answerBytes;

  Wire(URI server) throws IOException {
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), 5_000);
    out = socket.getOutputStream();
    in = socket.getInputStream();
  }

  /** What every request begins with; the body follows it in the same buffer. */
  static byte[] head(URI server, String path, String contentType, @Nullable String key) {
    String head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: "
            + server.getAuthority()
            + "\r\nContent-Type: "
            + contentType
            + "\r\nLedgerline-Source: bench\r\n"
            + (key == null ? "" : "X-API-Key: " + key + "\r\n")
            + "Content-Length: "
            + "0".repeat(LENGTH_DIGITS)
            + "\r\n\r\n";
    return head.getBytes(StandardCharsets.US_ASCII);
  }

  static void putLength(byte[] request, int headBytes, int bodyBytes) {
    int left = bodyBytes;
    for (int i = headBytes - 5; i > headBytes - 5 - LENGTH_DIGITS; i--) {
      request[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }

  /** Sends a request, reads the answer and gives its status. */
  int exchange(byte[] request, int bytes) throws IOException {
    out.write(request, 0, bytes);
    answerBytes = 0;
    int headEnd = -1;
    while (headEnd < 0) {
      receive();
      headEnd = find("\r\n\r\n", 0);
    }
    int length = find("\r\ncontent-length: ", 0);
    if (length >= 0 && length < headEnd) {
      int bodyBytes = number(length + 18);
      while (answerBytes < headEnd + 4 + bodyBytes) {
        receive();
      }
    } else {
      while (find("0\r\n\r\n", Math.max(headEnd + 4, answerBytes - 5)) < 0) {
        receive();
      }
    }
    return number(9);
  }

  /** The whole answer, for people. */
  String lastAnswer() {
    return new String(answer, 0, answerBytes, StandardCharsets.UTF_8);
  }

  private void receive() throws IOException {
    if (answerBytes == answer.length) {
      throw new IOException("an answer of more than " + answer.length + " bytes");
    }
    int read = in.read(answer, answerBytes, answer.length - answerBytes);
    if (read < 0) {
      throw new EOFException("the server closed the connection");
    }
    answerBytes += read;
  }

  /** Where that text is, letters of either case; -1 where it is not. */
  private int find(String text, int from) {
    for (int at = from; at <= answerBytes - text.length(); at++) {
      int i = 0;
      while (i < text.length() && Character.toLowerCase(answer[at + i]) == text.charAt(i)) {
        i++;
      }
      if (i == text.length()) {
        return at;
      }
    }
    return -1;
  }

  private int number(int from) {
    int number = 0;
    for (int at = from; at < answerBytes && answer[at] >= '0' && answer[at] <= '9'; at++) {
      number = number * 10 + answer[at] - '0';
    }
    return number;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }
}
