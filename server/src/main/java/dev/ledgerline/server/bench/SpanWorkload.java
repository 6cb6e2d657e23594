// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over HTTP in protobuf: spans of about 1,100 bytes with the GenAI conventions, {@value
 * #SPANS_PER_TRACE} a trace (a root, and model and tool calls under it), and one resource and scope
 * a request. Written by hand, because it shares the processors with the server.
 */
final class SpanWorkload implements Requests {
  static final int SPANS_PER_TRACE = 50;

  /** No span is larger. */
  private static final int LARGEST = 4_096;

  private static final int HEAD_BYTES = 1_024;
  private static final long FIRST_NANOS = 1_793_500_000_000_000_000L;

  /** Bytes of a length that is filled in later: a varint may be longer than it need be. */
  private static final int LENGTH_BYTES = 4;

  private final long seed;
  private final byte[] text;
  private final byte[] resource;
  private final byte[] scope;

  SpanWorkload(long seed) {
    this.seed = seed;
    this.text = Workload.text(seed);
    Pen resource = new Pen(new byte[HEAD_BYTES], 0);
    int at = resource.open(1);
    resource.attribute(1, "service.name", "bench-desk");
    resource.attribute(1, "service.version", "1.4.2");
    resource.attribute(1, "deployment.environment.name", "bench");
    resource.attribute(1, "telemetry.sdk.language", "python");
    resource.attribute(1, "telemetry.sdk.name", "opentelemetry");
    resource.attribute(1, "telemetry.sdk.version", "1.41.0");
    resource.close(at);
    this.resource = resource.written();
    Pen scope = new Pen(new byte[HEAD_BYTES], 0);
    at = scope.open(1);
    scope.string(1, "bench.instrumentation");
    scope.string(2, "0.58");
    scope.close(at);
    this.scope = scope.written();
  }

  @Override
  public byte[] head(URI server, @Nullable String key) {
    return Wire.head(server, "/v1/traces", "application/x-protobuf", key);
  }

  @Override
  public int largest(int events) {
    return events * LARGEST + 2 * HEAD_BYTES;
  }

  @Override
  public int acknowledged() {
    return 200;
  }

  @Override
  public int write(int client, long first, int events, byte[] buffer, int at) {
    Pen pen = new Pen(buffer, at);
    int resourceSpans = pen.open(1);
    pen.put(resource);
    int scopeSpans = pen.open(2);
    pen.put(scope);
    for (int i = 0; i < events; i++) {
      span(client, first + i, pen);
    }
    pen.close(scopeSpans);
    pen.close(resourceSpans);
    return pen.at;
  }

  private void span(int client, long n, Pen pen) {
    long random = Workload.mix(seed * 31 + client, n);
    long trace = Workload.mix(seed * 37 + client, n / SPANS_PER_TRACE);
    int inTrace = (int) (n % SPANS_PER_TRACE);
    long start = FIRST_NANOS + n * 1_000_000;
    int span = pen.open(2);
    pen.id(1, trace | 1, n / SPANS_PER_TRACE);
    pen.id(2, (trace << 6) | (inTrace + 1));
    if (inTrace > 0) {
      pen.id(4, (trace << 6) | 1);
    }
    if (inTrace == 0) {
      pen.string(5, "invoke_agent desk");
      pen.times(start, start + 50_000_000);
      pen.attribute(9, "gen_ai.operation.name", "invoke_agent");
      pen.attribute(9, "gen_ai.agent.name", "desk");
      pen.text(9, "gen_ai.input.messages", random, 900);
    } else if (inTrace % 2 == 1) {
      pen.string(5, "chat bench-large");
      pen.times(start, start + 800_000);
      pen.attribute(9, "gen_ai.operation.name", "chat");
      pen.attribute(9, "gen_ai.provider.name", "openai");
      pen.attribute(9, "gen_ai.request.model", "bench-large");
      pen.attribute(9, "gen_ai.response.model", "bench-large-2026-10-01");
      pen.attribute(9, "gen_ai.usage.input_tokens", random >>> 50);
      pen.attribute(9, "gen_ai.usage.output_tokens", random >>> 55);
      pen.text(9, "gen_ai.input.messages", random, 500);
      pen.text(9, "gen_ai.output.messages", random >>> 7, 300);
    } else {
      pen.string(5, "execute_tool shell");
      pen.times(start, start + 400_000);
      pen.attribute(9, "gen_ai.operation.name", "execute_tool");
      pen.attribute(9, "gen_ai.tool.name", "shell");
      pen.attribute(9, "gen_ai.tool.call.id", "call-" + (random & 0xffffff));
      pen.text(9, "gen_ai.tool.call.arguments", random, 250);
      pen.text(9, "gen_ai.tool.call.result", random >>> 7, 600);
    }
    pen.close(span);
  }

  /** Writes protobuf into a buffer that is large enough. */
  private final class Pen {
    private final byte[] buffer;
    private final int begin;
    private int at;

    Pen(byte[] buffer, int at) {
      this.buffer = buffer;
      this.begin = at;
      this.at = at;
    }

    byte[] written() {
      return java.util.Arrays.copyOfRange(buffer, begin, at);
    }

    void put(byte[] bytes) {
      System.arraycopy(bytes, 0, buffer, at, bytes.length);
      at += bytes.length;
    }

    /** Begins a message; where its length will stand. */
    int open(int field) {
      buffer[at++] = (byte) (field << 3 | 2);
      int length = at;
      at += LENGTH_BYTES;
      return length;
    }

    void close(int length) {
      int bytes = at - length - LENGTH_BYTES;
      for (int i = 0; i < LENGTH_BYTES; i++) {
        buffer[length + i] =
            (byte) (((bytes >>> (7 * i)) & 0x7f) | (i < LENGTH_BYTES - 1 ? 0x80 : 0));
      }
    }

    void id(int field, long... words) {
      buffer[at++] = (byte) (field << 3 | 2);
      buffer[at++] = (byte) (words.length * 8);
      for (long word : words) {
        fixed(word);
      }
    }

    void times(long start, long end) {
      buffer[at++] = 7 << 3 | 1;
      fixed(start);
      buffer[at++] = 8 << 3 | 1;
      fixed(end);
    }

    private void fixed(long word) {
      for (int shift = 0; shift < 64; shift += 8) {
        buffer[at++] = (byte) (word >>> shift);
      }
    }

    @SuppressWarnings("deprecation") // the one getBytes that makes no copy of an ASCII string
    void string(int field, String value) {
      buffer[at++] = (byte) (field << 3 | 2);
      buffer[at++] = (byte) value.length();
      value.getBytes(0, value.length(), buffer, at);
      at += value.length();
    }

    void attribute(int field, String key, String value) {
      int attribute = open(field);
      string(1, key);
      int any = open(2);
      string(1, value);
      close(any);
      close(attribute);
    }

    void attribute(int field, String key, long value) {
      int attribute = open(field);
      string(1, key);
      int any = open(2);
      buffer[at++] = 3 << 3;
      for (long left = value; ; left >>>= 7) {
        if (left < 0x80) {
          buffer[at++] = (byte) left;
          break;
        }
        buffer[at++] = (byte) ((left & 0x7f) | 0x80);
      }
      close(any);
      close(attribute);
    }

    /** An attribute of whole words from anywhere, half to one and a half times that long. */
    void text(int field, String key, long random, int bytes) {
      int attribute = open(field);
      string(1, key);
      int any = open(2);
      int value = open(1);
      int length = bytes / 2 + (int) ((random >>> 40) % bytes);
      int from = (int) ((random & 0x7fff_ffff) % (text.length - 2 * LARGEST));
      System.arraycopy(text, from, buffer, at, length);
      at += length;
      close(value);
      close(any);
      close(attribute);
    }
  }
}
