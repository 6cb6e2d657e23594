// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.event.Word;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.otel.Signal;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A backend and what it gets.
 *
 * @param name of its cursor; letters, digits, {@code -} and {@code _}
 * @param url with HTTP the base to which {@code /v1/traces} and so on is added, or the path of the
 *     only signal; with gRPC host and port. {@code https} means TLS
 * @param headers sent with each request; never logged
 * @param filter fields of events; a run goes out with the first of its events that matches
 * @param from where a target that has no cursor yet begins
 * @param contents whether log records carry the record as received instead of its one line
 */
public record Target(
    String name,
    URI url,
    Protocol protocol,
    Set<Signal> signals,
    boolean gzip,
    Map<String, String> headers,
    Security security,
    Query filter,
    From from,
    boolean contents) {

  /** How requests are written and carried. */
  public enum Protocol implements Word {
    HTTP_PROTOBUF,
    HTTP_JSON,
    GRPC
  }

  /** The beginning of a new target. */
  public enum From implements Word {
    /** Everything that the log still has. */
    START,
    /** What comes from now on. */
    NOW
  }

  /**
   * PEM files; all null: what the JDK trusts, and no certificate of our own.
   *
   * @param authorities whom to trust instead
   * @param certificate and {@code key}: who we are; the key is PKCS#8
   */
  public record Security(
      @Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
    public static final Security USUAL = new Security(null, null, null);
  }

  /** Everything to that URL, as most backends take it. */
  public static Target of(String name, URI url) {
    return new Target(
        name,
        url,
        Protocol.HTTP_PROTOBUF,
        Set.of(Signal.values()),
        true,
        Map.of(),
        Security.USUAL,
        new Query.All(),
        From.START,
        false);
  }

  public Target over(Protocol protocol) {
    return new Target(
        name, url, protocol, signals, gzip, headers, security, filter, from, contents);
  }

  public Target only(Set<Signal> signals) {
    return new Target(
        name, url, protocol, signals, gzip, headers, security, filter, from, contents);
  }

  public Target compressed(boolean gzip) {
    return new Target(
        name, url, protocol, signals, gzip, headers, security, filter, from, contents);
  }

  public Target withHeaders(Map<String, String> headers) {
    return new Target(
        name, url, protocol, signals, gzip, headers, security, filter, from, contents);
  }

  public Target securedBy(Security security) {
    return new Target(
        name, url, protocol, signals, gzip, headers, security, filter, from, contents);
  }

  public Target matching(Query filter) {
    return new Target(
        name, url, protocol, signals, gzip, headers, security, filter, from, contents);
  }

  public Target from(From from) {
    return new Target(
        name, url, protocol, signals, gzip, headers, security, filter, from, contents);
  }

  public Target withContents(boolean contents) {
    return new Target(
        name, url, protocol, signals, gzip, headers, security, filter, from, contents);
  }

  /** Without the headers, which may be secret. */
  @Override
  public String toString() {
    return name + " (" + protocol.word() + " " + url + ")";
  }
}
