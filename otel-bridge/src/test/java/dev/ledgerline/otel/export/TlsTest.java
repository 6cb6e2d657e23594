// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.export.Target.Security;
import io.grpc.TlsServerCredentials;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Targets with a certificate that only a file vouches for, and that ask for ours. */
@Timeout(60)
class TlsTest {
  private static final char[] PASSWORD = "secret".toCharArray();

  private static final Request ONE =
      new Request(
          List.of(
              Item.of(
                  new Item.Group(Resource.getDefaultInstance(), "", null, ""),
                  Span.newBuilder().setName("one").build())));

  private @TempDir Path folder;
  private Identity server;
  private Identity client;

  /** Who somebody is, as a key store and as PEM files. */
  private record Identity(KeyStore store, Path certificate, Path key) {}

  @BeforeEach
  void identities() throws Exception {
    server = identity("server");
    client = identity("client");
  }

  @Test
  void overHttpWeTrustWhomTheFileNamesAndSayWhoWeAre() throws Exception {
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL, serverContext())) {
      Target stranger = Target.of("a", backend.url()).only(Set.of(Signal.TRACES));
      assertInstanceOf(Answer.Busy.class, overHttp(stranger), "nobody vouches for it");
      assertInstanceOf(
          Answer.Busy.class,
          overHttp(stranger.securedBy(new Security(server.certificate(), null, null))),
          "it wants to know who we are");
      assertEquals(Answer.Accepted.ALL, overHttp(stranger.securedBy(both())));
    }
  }

  @Test
  void overGrpcWeTrustWhomTheFileNamesAndSayWhoWeAre() throws Exception {
    var credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(server.certificate().toFile(), server.key().toFile())
            .trustManager(client.certificate().toFile())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    try (LoopbackGrpcTarget backend =
        new LoopbackGrpcTarget((signal, n, body) -> new byte[0], credentials)) {
      Target stranger =
          Target.of("a", backend.url()).over(Target.Protocol.GRPC).only(Set.of(Signal.TRACES));
      assertInstanceOf(Answer.Busy.class, overGrpc(stranger), "nobody vouches for it");
      assertInstanceOf(
          Answer.Busy.class,
          overGrpc(stranger.securedBy(new Security(server.certificate(), null, null))),
          "it wants to know who we are");
      assertEquals(Answer.Accepted.ALL, overGrpc(stranger.securedBy(both())));
    }
  }

  private Security both() {
    return new Security(server.certificate(), client.certificate(), client.key());
  }

  private static Answer overHttp(Target target) throws Exception {
    try (HttpTransport transport =
        new HttpTransport(target, Duration.ofSeconds(5), "Ledgerline/1", InstantSource.system())) {
      return transport.send(Signal.TRACES, ONE);
    }
  }

  private static Answer overGrpc(Target target) throws Exception {
    try (GrpcTransport transport =
        new GrpcTransport(target, Duration.ofSeconds(5), "Ledgerline/1")) {
      return transport.send(Signal.TRACES, ONE);
    }
  }

  private SSLContext serverContext() throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(server.store(), PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("client", client.store().getCertificate("client"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private Identity identity(String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-ext",
                "bc=ca:true",
                "-storepass",
                "secret",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().readAllBytes();
    assertEquals(0, keytool.waitFor());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return new Identity(
        store,
        pem(name + ".crt", "CERTIFICATE", store.getCertificate(name).getEncoded()),
        pem(name + ".key", "PRIVATE KEY", store.getKey(name, PASSWORD).getEncoded()));
  }

  private Path pem(String name, String what, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
  }
}
