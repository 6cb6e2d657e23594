// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import dev.ledgerline.otel.Signal;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** OTLP/gRPC: unary calls on one channel. */
final class GrpcTransport implements Transport {
  private static final int DEFAULT_PORT = 4317;

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final Target target;
  private final Duration timeout;
  private final ManagedChannel channel;
  private final Metadata headers = new Metadata();
  private final Map<Signal, MethodDescriptor<byte[], byte[]>> methods = new EnumMap<>(Signal.class);

  GrpcTransport(Target target, Duration timeout, String userAgent) throws IOException {
    this.target = target;
    this.timeout = timeout;
    target
        .headers()
        .forEach(
            (name, value) ->
                headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
    for (Signal signal : target.signals()) {
      methods.put(signal, method(signal));
    }
    URI url = target.url();
    int port = url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
    this.channel =
        Grpc.newChannelBuilderForAddress(url.getHost(), port, credentials(target))
            .userAgent(userAgent)
            .disableRetry() // when to send again is decided in one place
            .build();
  }

  private static ChannelCredentials credentials(Target target) throws IOException {
    if (!"https".equals(target.url().getScheme())) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    Path authorities = target.security().authorities();
    Path certificate = target.security().certificate();
    Path key = target.security().key();
    if (authorities != null) {
      tls.trustManager(authorities.toFile());
    }
    if (certificate != null && key != null) {
      tls.keyManager(certificate.toFile(), key.toFile());
    }
    return tls.build();
  }

  private static MethodDescriptor<byte[], byte[]> method(Signal signal) {
    return MethodDescriptor.newBuilder(Bytes.PLAIN, Bytes.PLAIN)
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(signal.method())
        .build();
  }

  @Override
  public Answer send(Signal signal, Request request) throws InterruptedException {
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .withCompression(target.gzip() ? "gzip" : null);
    try {
      byte[] response =
          ClientCalls.blockingUnaryCall(
              ClientInterceptors.intercept(
                  channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
              methods.get(signal),
              options,
              request.message(signal).toByteArray());
      return PartialSuccess.read(signal, response, false);
    } catch (StatusRuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("stopped while a call was under way");
      }
      return answer(e);
    }
  }

  /** What may be tried again: OTLP specification, Failures, the table of codes. */
  private static Answer answer(StatusRuntimeException e) {
    Status status = e.getStatus();
    String told = status.getDescription();
    String reason = status.getCode() + (told == null ? "" : ": " + Answer.shortened(told));
    Duration after = retryAfter(e.getTrailers());
    if (status.getCause() != null) {
      // Not said by the target, but the end of a connection, for which gRPC has several codes.
      return new Answer.Busy(reason, null);
    }
    return switch (status.getCode()) {
      case CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS ->
          new Answer.Busy(reason, after);
      case RESOURCE_EXHAUSTED ->
          after == null ? new Answer.TooLarge(reason) : new Answer.Busy(reason, after);
      case UNAUTHENTICATED, PERMISSION_DENIED -> new Answer.Unauthorized(reason);
      case UNIMPLEMENTED -> new Answer.Unsupported(reason);
      default -> new Answer.Refused(status.getCode().name(), reason);
    };
  }

  private static @Nullable Duration retryAfter(@Nullable Metadata trailers) {
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    if (details == null) {
      return null;
    }
    try {
      for (Any detail : com.google.rpc.Status.parseFrom(details).getDetailsList()) {
        if (detail.is(RetryInfo.class)) {
          com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          return Duration.ofSeconds(Math.max(0, delay.getSeconds()), Math.max(0, delay.getNanos()));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
    return null;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** Messages that are encoded already. */
  private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    PLAIN;

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
