// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import dev.ledgerline.server.http.SelfSigned;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OTLP/gRPC, asked by a client that is not ours. Case 37 of the checklist. */
final class GrpcTest {
  private static final String PACKAGE = "opentelemetry.proto.collector.";

  @TempDir private Path folder = Path.of("");

  @Test
  void case37ExportsOfAllSignalsAreStored() throws Exception {
    try (TestServer server = server(Map.of());
        Client client = new Client(server)) {
      assertArrayEquals(new byte[0], client.traces(Spans.protobuf(1, 2)));
      assertArrayEquals(new byte[0], client.traces(Spans.protobuf(2)));
      assertArrayEquals(new byte[0], client.call("logs.v1.LogsService/Export", new byte[0]));
      assertArrayEquals(new byte[0], client.call("metrics.v1.MetricsService/Export", new byte[0]));
      assertEquals(2, server.source("otlp").path("stored").asInt());
      assertEquals(1, server.source("otlp").path("duplicates").asInt());
    }
  }

  @Test
  void case37CompressedMessagesAreRead() throws Exception {
    try (TestServer server = server(Map.of());
        Client client = new Client(server)) {
      client.options = CallOptions.DEFAULT.withCompression("gzip");
      assertArrayEquals(new byte[0], client.traces(Spans.large(1, 200_000)));
      assertEquals(1, server.source("otlp").path("stored").asInt());
    }
  }

  @Test
  void case37WhatIsRejectedIsCountedAndTheRestIsStored() throws Exception {
    try (TestServer server = server(Map.of());
        Client client = new Client(server)) {
      byte[] export = Spans.protobuf(1, 2);
      int id = indexOf(export, HexFormat.of().parseHex(Spans.trace(2)));
      java.util.Arrays.fill(export, id, id + 16, (byte) 0);
      var answer = ExportTraceServiceResponse.parseFrom(client.traces(export));
      assertEquals(1, answer.getPartialSuccess().getRejectedSpans());
    }
  }

  @Test
  void case37AMessageOverTheLimitIsExhaustedAndNotToBeSentAgain() throws Exception {
    try (TestServer server = server(Map.of(Setting.MAX_REQUEST_BYTES, "1MiB"));
        Client client = new Client(server)) {
      StatusRuntimeException plain =
          assertThrows(StatusRuntimeException.class, () -> client.traces(Spans.large(1, 3 << 20)));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, plain.getStatus().getCode());
      assertEquals(null, retryAfter(plain));
      client.options = CallOptions.DEFAULT.withCompression("gzip");
      StatusRuntimeException bomb =
          assertThrows(StatusRuntimeException.class, () -> client.traces(Spans.large(1, 30 << 20)));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, bomb.getStatus().getCode());
      client.options = CallOptions.DEFAULT;
      assertArrayEquals(new byte[0], client.traces(Spans.protobuf(1)));
    }
  }

  @Test
  void case37WhatIsNotThereIsUnimplementedAndWhatIsNoExportIsInvalid() throws Exception {
    try (TestServer server = server(Map.of());
        Client client = new Client(server)) {
      assertEquals(
          Status.Code.UNIMPLEMENTED,
          code(() -> client.call("trace.v1.TraceService/Ex", new byte[0])));
      assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> client.traces(new byte[] {1, 2, 3})));
      StatusRuntimeException why =
          assertThrows(StatusRuntimeException.class, () -> client.traces(new byte[] {(byte) 0xff}));
      assertTrue(String.valueOf(why.getStatus().getDescription()).contains("no protobuf"));
    }
  }

  @Test
  void case37ADeadlineIsKept() throws Exception {
    try (TestServer server = server(Map.of(Setting.MAX_IN_FLIGHT_BYTES, "64KiB"));
        Client client = new Client(server);
        Socket slow = hold(server)) {
      assertTrue(slow.isConnected());
      await(() -> code(() -> client.traces(Spans.large(1, 60_000))) == Status.Code.UNAVAILABLE);
      client.options = CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
      assertEquals(
          Status.Code.DEADLINE_EXCEEDED, code(() -> client.traces(Spans.large(1, 60_000))));
    }
  }

  @Test
  void case24OverloadIsUnavailableWithATimeToComeAgain() throws Exception {
    try (TestServer server = server(Map.of(Setting.MAX_IN_FLIGHT_BYTES, "64KiB"));
        Client client = new Client(server);
        Socket slow = hold(server)) {
      assertTrue(slow.isConnected());
      await(() -> code(() -> client.traces(Spans.large(1, 60_000))) == Status.Code.UNAVAILABLE);
      StatusRuntimeException refused =
          assertThrows(StatusRuntimeException.class, () -> client.traces(Spans.large(1, 60_000)));
      assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
      assertEquals(1L, retryAfter(refused));
    }
  }

  @Test
  void case29KeysAreAskedForHereToo() throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest("s".getBytes(StandardCharsets.UTF_8));
    Path keys =
        Files.writeString(
            folder.resolve("keys"), "sender:" + HexFormat.of().formatHex(hash) + ":ingest\n");
    try (TestServer server = server(Map.of(Setting.API_KEYS, keys.toString()));
        Client client = new Client(server)) {
      assertEquals(Status.Code.UNAUTHENTICATED, code(() -> client.traces(Spans.protobuf(1))));
      client.key = "s";
      assertArrayEquals(new byte[0], client.traces(Spans.protobuf(1)));
    }
  }

  @Test
  void tlsIsThatOfTheProductPort() throws Exception {
    SelfSigned localhost = SelfSigned.in(folder);
    Map<Setting, String> tls =
        Map.of(
            Setting.TLS_CERT,
            localhost.certificate().toString(),
            Setting.TLS_KEY,
            localhost.key().toString(),
            Setting.OTLP_PORT,
            "0");
    try (TestServer server = server(tls);
        HttpClient http =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(localhost.trusting())
                .build()) {
      Integer port = server.grpcPort();
      assertNotNull(port);
      try (Client client =
          new Client(
              NettyChannelBuilder.forAddress("localhost", port)
                  .sslContext(
                      GrpcSslContexts.forClient()
                          .trustManager(localhost.certificate().toFile())
                          .build())
                  .build())) {
        assertArrayEquals(new byte[0], client.traces(Spans.protobuf(1)));
      }
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("https://localhost:" + server.otlpPort() + "/v1/traces"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(Spans.json(2)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals("{}", answer.body());
      assertEquals(HttpClient.Version.HTTP_2, answer.version());
    }
  }

  @Test
  void aConnectionCarriesThousandsOfCalls() throws Exception {
    try (TestServer server = server(Map.of());
        Client client = new Client(server)) {
      for (int i = 0; i < 2_000; i++) {
        assertArrayEquals(new byte[0], client.traces(Spans.protobuf(i)));
      }
    }
  }

  /** Takes all the room there is, with a body that does not come. */
  private static Socket hold(TestServer server) throws IOException {
    Socket slow = new Socket(InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort());
    slow.getOutputStream()
        .write(
            ("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf"
                    + "\r\nContent-Length: 65536\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    slow.getOutputStream().flush();
    return slow;
  }

  private interface Call {
    byte[] call() throws Exception;
  }

  private static Status.Code code(Call call) throws Exception {
    try {
      call.call();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < end, "waited for 30 s");
    }
  }

  /** Seconds of the RetryInfo, null where there is none. */
  private static @Nullable Long retryAfter(StatusRuntimeException e) throws IOException {
    Metadata trailers = e.getTrailers();
    assertNotNull(trailers);
    byte[] details =
        trailers.get(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER));
    assertNotNull(details);
    CodedInputStream status = CodedInputStream.newInstance(details);
    for (int tag = status.readTag(); tag != 0; tag = status.readTag()) {
      if (tag >>> 3 == 3) {
        CodedInputStream any = status.readBytes().newCodedInput();
        any.readTag();
        assertEquals("type.googleapis.com/google.rpc.RetryInfo", any.readString());
        any.readTag();
        CodedInputStream info = any.readBytes().newCodedInput();
        info.readTag();
        CodedInputStream duration = info.readBytes().newCodedInput();
        duration.readTag();
        return duration.readInt64();
      }
      status.skipField(tag);
    }
    return null;
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; ; i++) {
      if (java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
  }

  private TestServer server(Map<Setting, String> settings) throws Exception {
    Map<Setting, String> all = new java.util.HashMap<>(settings);
    all.put(Setting.GRPC_PORT, "0");
    return new TestServer(folder.resolve("data"), all);
  }

  private static final class Client implements AutoCloseable {
    private final ManagedChannel channel;
    CallOptions options = CallOptions.DEFAULT;
    @Nullable String key;

    Client(TestServer server) {
      this(
          NettyChannelBuilder.forAddress(
                  "127.0.0.1", java.util.Objects.requireNonNull(server.grpcPort()))
              .usePlaintext()
              .build());
    }

    Client(ManagedChannel channel) {
      this.channel = channel;
    }

    byte[] traces(byte[] export) {
      return call("trace.v1.TraceService/Export", export);
    }

    byte[] call(String method, byte[] message) {
      Metadata headers = new Metadata();
      if (key != null) {
        headers.put(
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
      }
      return ClientCalls.blockingUnaryCall(
          io.grpc.ClientInterceptors.intercept(
              channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
          MethodDescriptor.<byte[], byte[]>newBuilder(new Bytes(), new Bytes())
              .setType(MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(PACKAGE + method)
              .build(),
          options,
          message);
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
