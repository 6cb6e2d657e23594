// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.otel.Signal;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A backend that speaks gRPC on loopback and answers as a test tells it to. */
final class LoopbackGrpcTarget implements AutoCloseable {
  /** What it does with the n-th request of a signal, from 0. */
  interface Behaviour {
    /** The answer; null: nothing is said. */
    byte @Nullable [] to(Signal signal, int n, byte[] body) throws StatusRuntimeException;
  }

  record Asked(Signal signal, Metadata headers, byte[] body) {}

  private final Server server;
  private final boolean tls;
  private final Received received = new Received();
  private final List<Asked> asked = new ArrayList<>();
  private final Behaviour behaviour;
  private volatile Metadata newest = new Metadata();

  LoopbackGrpcTarget() throws IOException {
    this((signal, n, body) -> new byte[0], InsecureServerCredentials.create());
  }

  LoopbackGrpcTarget(Behaviour behaviour) throws IOException {
    this(behaviour, InsecureServerCredentials.create());
  }

  LoopbackGrpcTarget(Behaviour behaviour, ServerCredentials credentials) throws IOException {
    this.behaviour = behaviour;
    this.tls = !(credentials instanceof InsecureServerCredentials);
    var builder = Grpc.newServerBuilderForPort(0, credentials);
    for (Signal signal : Signal.values()) {
      String service = signal.method().substring(0, signal.method().indexOf('/'));
      MethodDescriptor<byte[], byte[]> method =
          MethodDescriptor.newBuilder(Bytes.PLAIN, Bytes.PLAIN)
              .setType(MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(signal.method())
              .build();
      builder.addService(
          ServerInterceptors.intercept(
              ServerServiceDefinition.builder(service)
                  .addMethod(
                      method,
                      ServerCalls.asyncUnaryCall(
                          (byte[] body, StreamObserver<byte[]> answer) ->
                              handle(signal, body, answer)))
                  .build(),
              new Headers()));
    }
    server = builder.build().start();
  }

  URI url() {
    return URI.create((tls ? "https" : "http") + "://localhost:" + server.getPort());
  }

  private void handle(Signal signal, byte[] body, StreamObserver<byte[]> answer) {
    int n;
    synchronized (this) {
      n = asked(signal).size();
      asked.add(new Asked(signal, newest, body));
    }
    try {
      byte[] said = behaviour.to(signal, n, body);
      if (said == null) {
        return;
      }
      synchronized (this) {
        received.add(signal, body);
      }
      answer.onNext(said);
      answer.onCompleted();
    } catch (StatusRuntimeException e) {
      answer.onError(e);
    } finally {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  static StatusRuntimeException failure(Status.Code code, @Nullable Metadata trailers) {
    Status status = Status.fromCode(code).withDescription("as the test says");
    return trailers == null ? status.asRuntimeException() : status.asRuntimeException(trailers);
  }

  synchronized List<Asked> asked(Signal signal) {
    return asked.stream().filter(a -> a.signal() == signal).toList();
  }

  Received received() {
    return received;
  }

  void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    synchronized (this) {
      while (!condition.getAsBoolean()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("not within 20 s; asked " + asked.size() + " times");
        }
        wait(Math.min(100, 1 + TimeUnit.NANOSECONDS.toMillis(left)));
      }
    }
  }

  /** No more answers. */
  void stop() {
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }

  private final class Headers implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      newest = headers;
      return next.startCall(call, headers);
    }
  }

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
