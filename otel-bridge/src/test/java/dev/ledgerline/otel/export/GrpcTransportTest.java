// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import dev.ledgerline.otel.Signal;
import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class GrpcTransportTest {
  private static final Request ONE =
      new Request(
          List.of(
              Item.of(
                  new Item.Group(Resource.getDefaultInstance(), "", null, ""),
                  Span.newBuilder().setName("one").build())));

  private @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {
        "CANCELLED",
        "DEADLINE_EXCEEDED",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNAVAILABLE",
        "DATA_LOSS"
      })
  void codesThatMayBeTriedAgainAre(Status.Code code) throws Exception {
    assertInstanceOf(Answer.Busy.class, answer(code, null));
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "FAILED_PRECONDITION",
        "INTERNAL"
      })
  void codesThatAreForGoodAre(Status.Code code) throws Exception {
    Answer.Refused refused = assertInstanceOf(Answer.Refused.class, answer(code, null));
    assertEquals(code.name(), refused.code());
    assertTrue(refused.reason().contains("as the test says"));
  }

  @Test
  void aConnectionThatBreaksIsNoRefusalWhateverItsCode() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> breakAfterTheHeadersOfACall(server));
      URI url = URI.create("http://127.0.0.1:" + server.getLocalPort());
      Target target = Target.of("a", url).over(Target.Protocol.GRPC);
      try (GrpcTransport transport = new GrpcTransport(target, Duration.ofSeconds(20), "test")) {
        Answer.Busy busy = assertInstanceOf(Answer.Busy.class, transport.send(Signal.TRACES, ONE));
        assertTrue(busy.reason().startsWith("INTERNAL"), busy.reason());
      }
    }
  }

  /** Speaks HTTP/2 until it is asked something, and says what nobody may say there. */
  private static void breakAfterTheHeadersOfACall(ServerSocket server) {
    byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    byte[] dataOfNoStream = {0, 0, 0, 0, 0, 0, 0, 0, 0};
    try (Socket client = server.accept()) {
      client.getOutputStream().write(settings);
      DataInputStream in = new DataInputStream(client.getInputStream());
      in.skipNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
      int type;
      do {
        int head = in.readInt(); // three bytes of length, and the type
        type = head & 0xff;
        in.skipNBytes(5 + (head >>> 8));
      } while (type != 1); // HEADERS
      client.getOutputStream().write(dataOfNoStream);
      in.transferTo(OutputStream.nullOutputStream()); // until it is left
    } catch (IOException e) {
      // the test says what came of it
    }
  }

  @Test
  void whatIsExhaustedIsTooMuchUnlessItSaysWhenToComeBack() throws Exception {
    assertInstanceOf(Answer.TooLarge.class, answer(Status.Code.RESOURCE_EXHAUSTED, null));
    Answer.Busy busy =
        assertInstanceOf(Answer.Busy.class, answer(Status.Code.RESOURCE_EXHAUSTED, comeBackIn(7)));
    assertEquals(Duration.ofSeconds(7), busy.after());
    Answer.Busy unavailable =
        assertInstanceOf(Answer.Busy.class, answer(Status.Code.UNAVAILABLE, comeBackIn(3)));
    assertEquals(Duration.ofSeconds(3), unavailable.after());
  }

  @Test
  void whoIsNotLetInAndWhatIsNotKnownAreToldApart() throws Exception {
    assertInstanceOf(Answer.Unauthorized.class, answer(Status.Code.UNAUTHENTICATED, null));
    assertInstanceOf(Answer.Unauthorized.class, answer(Status.Code.PERMISSION_DENIED, null));
    assertInstanceOf(Answer.Unsupported.class, answer(Status.Code.UNIMPLEMENTED, null));
  }

  @Test
  void aTargetThatStallsOrIsNotThereIsBusy() throws Exception {
    try (LoopbackGrpcTarget backend = new LoopbackGrpcTarget((signal, n, body) -> null);
        GrpcTransport transport =
            new GrpcTransport(target(backend), Duration.ofMillis(200), "Ledgerline/1")) {
      assertInstanceOf(Answer.Busy.class, transport.send(Signal.TRACES, ONE));
      backend.stop();
      assertInstanceOf(Answer.Busy.class, transport.send(Signal.TRACES, ONE));
    }
  }

  @Test
  void aPartialSuccessSaysHowMuchWasRejected() throws Exception {
    byte[] partly =
        ExportTraceServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportTracePartialSuccess.newBuilder().setRejectedSpans(2).setErrorMessage("old"))
            .build()
            .toByteArray();
    try (LoopbackGrpcTarget backend = new LoopbackGrpcTarget((signal, n, body) -> partly);
        GrpcTransport transport =
            new GrpcTransport(
                target(backend).withHeaders(Map.of("x-key", "secret")),
                Duration.ofSeconds(5),
                "Ledgerline/1")) {
      assertEquals(new Answer.Accepted(2, "old"), transport.send(Signal.TRACES, ONE));
      LoopbackGrpcTarget.Asked asked = backend.asked(Signal.TRACES).getFirst();
      assertArrayEquals(ONE.message(Signal.TRACES).toByteArray(), asked.body());
      assertEquals("secret", header(asked, "x-key"));
      assertEquals("gzip", header(asked, "grpc-encoding"));
      assertTrue(String.valueOf(header(asked, "user-agent")).startsWith("Ledgerline/1"));
    }
  }

  @Test
  void runsArriveOverGrpcWhenTheTargetIsBack() throws Exception {
    try (ToldLog told = new ToldLog(folder.resolve("log"));
        LoopbackGrpcTarget backend =
            new LoopbackGrpcTarget(
                (signal, n, body) -> {
                  if (n < 2) {
                    throw LoopbackGrpcTarget.failure(Status.Code.UNAVAILABLE, null);
                  }
                  return new byte[0];
                })) {
      told.wholeRun("r1", null);
      Settings fast =
          new Settings(
              new Settings.Pace(
                  Duration.ofMillis(5),
                  Duration.ofMillis(5),
                  Duration.ofMillis(5),
                  Duration.ofMillis(5),
                  Duration.ofSeconds(5),
                  new Backoff(Duration.ofMillis(5), Duration.ofMillis(20)),
                  Duration.ofSeconds(1)),
              Settings.DEFAULT.limits(),
              Settings.DEFAULT.silence());
      InstantSource later = () -> told.after(Duration.ofMinutes(5));
      try (Exporter exporter =
          Exporter.start(told.log, target(backend), folder.resolve("export"), fast, "1", later)) {
        backend.await(() -> exporter.progress().position().equals(told.log.end()));
        backend.await(() -> exporter.progress().openRuns() == 0);
        assertEquals(4, backend.received().spans().size());
        assertEquals(9, backend.received().records().size());
      }
    }
  }

  private static @Nullable String header(LoopbackGrpcTarget.Asked asked, String name) {
    return asked.headers().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  private static Answer answer(Status.Code code, @Nullable Metadata trailers) throws Exception {
    try (LoopbackGrpcTarget backend =
            new LoopbackGrpcTarget(
                (signal, n, body) -> {
                  throw LoopbackGrpcTarget.failure(code, trailers);
                });
        GrpcTransport transport =
            new GrpcTransport(target(backend), Duration.ofSeconds(5), "Ledgerline/1")) {
      return transport.send(Signal.TRACES, ONE);
    }
  }

  private static Target target(LoopbackGrpcTarget backend) {
    return Target.of("a", backend.url()).over(Target.Protocol.GRPC);
  }

  private static Metadata comeBackIn(int seconds) {
    byte[] status =
        com.google.rpc.Status.newBuilder()
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(
                            com.google.protobuf.Duration.newBuilder().setSeconds(seconds))
                        .build()))
            .build()
            .toByteArray();
    Metadata trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), status);
    return trailers;
  }
}
