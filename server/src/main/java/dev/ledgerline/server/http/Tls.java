// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * TLS from two PEM files: the chain of certificates, the server's own first, and its private key as
 * PKCS#8 ({@code BEGIN PRIVATE KEY}).
 */
public record Tls(Path certificate, Path key) {
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  SslContextFactory.Server contextFactory() throws IOException {
    try (InputStream pem = Files.newInputStream(certificate)) {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(pem)
              .toArray(Certificate[]::new);
      if (chain.length == 0) {
        throw new IOException(certificate + " has no certificate");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", privateKey(), new char[0], chain);
      SslContextFactory.Server factory = new SslContextFactory.Server();
      factory.setKeyStore(store);
      factory.setKeyStorePassword("");
      factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
      factory.setSniRequired(false);
      return factory;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "no TLS with " + certificate + " and " + key + ": " + e.getMessage(), e);
    }
  }

  private PrivateKey privateKey() throws IOException, GeneralSecurityException {
    String pem = Files.readString(key);
    int begin = pem.indexOf("-----BEGIN PRIVATE KEY-----");
    int end = pem.indexOf("-----END PRIVATE KEY-----");
    if (begin < 0 || end < begin) {
      throw new IOException(
          key + " is no PKCS#8 key; openssl pkcs8 -topk8 -nodes turns other forms into one");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(pem.indexOf('\n', begin), end));
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // not of this kind
      }
    }
    throw new IOException(key + " is no key of a kind that is known: " + KEY_ALGORITHMS);
  }
}
