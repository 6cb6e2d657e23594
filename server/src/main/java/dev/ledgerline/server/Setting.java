// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be configured. {@code DATA} is {@code --data} on the command line, {@code
 * LEDGERLINE_DATA} in the environment and {@code data} in the file.
 */
enum Setting {
  PORT("N", "7654", "Port to listen on; 0 picks a free one."),
  HOST(
      "ADDRESS",
      "127.0.0.1",
      "Address to listen on. Beyond loopback: with keys, and TLS or --trust-proxy."),
  OTLP_PORT(
      "N|off",
      null,
      "Port for OTLP/HTTP alone; 0 picks a free one. Default: 4318 where it is free, off with"
          + " --port 0"),
  GRPC_PORT(
      "N|off",
      null,
      "Port for OTLP/gRPC; 0 picks a free one. Default: 4317 where it is free, off with --port 0"),
  DATA("DIR", "./data", "Folder of the log and the index; made if it is missing."),
  CONFIG("FILE", null, "Settings as properties or as one JSON object."),
  API_KEYS("FILE", null, "Keys, a line each: name:sha256 in hex[:scopes] (ingest,read,admin)."),
  TLS_CERT("FILE", null, "Certificate chain in PEM; with --tls-key."),
  TLS_KEY("FILE", null, "Its private key in PEM (PKCS#8)."),
  TRUST_PROXY(null, "false", "A proxy in front ends TLS; listen beyond loopback without own TLS."),
  REDACT("off|FILE", null, "off: store secrets as they come. FILE: rules beside the usual ones."),
  REBUILD(null, "false", "Throw the index away and build it again from the log."),
  INDEX(null, "true", "Whether the log is indexed; false to measure the log alone."),
  RETAIN_DAYS("N", null, "Forget whole segments of the log that are older."),
  RETAIN_BYTES("SIZE", null, "Forget the oldest segments while the log is larger, e.g. 50GiB."),
  KAFKA("SOURCE", null, "Read topics too: bootstrap=HOST:PORT topics=A,B …; docs/kafka.md."),
  SCRAPE("symphony=URL", null, "Poll the state of that Symphony instance; may be repeated."),
  TRACKER_DONE(
      "STATES",
      null,
      "States of Symphony's tracker that mean success, with commas. Default: Done, Human Review, In"
          + " Review, Review, Merging, Merged, Resolved, Closed, Completed."),
  SCRAPE_INTERVAL("DURATION", "1s", "From one poll of an instance to the next."),
  ANSWERS("FILE", null, "Where waits can be answered: docs/answers.md. Default: nowhere."),
  EXPORT("TARGET", null, "Send runs on: NAME=URL[,protocol=grpc]…; docs/otel-export.md."),
  EXPORT_HEADERS("HEADER", null, "For a target: NAME=HEADER=VALUE, or HEADER=@FILE to read it."),
  EXPORT_FILTER("FILTER", null, "What a target gets: NAME=QUERY."),
  OWN_TELEMETRY("URL", null, "Where Ledgerline reports on itself by OTLP/HTTP. Default: nowhere."),
  STALLED_AFTER(
      "DURATION[,AGENT=DURATION…]",
      "5m",
      "Silence after which a run that should go on has stalled; longer or shorter by root agent."),
  LOST_AFTER(
      "DURATION[,AGENT=DURATION…]",
      "30m",
      "Silence after which a run that has not ended is lost; the same by root agent."),
  MAX_REQUEST_BYTES("SIZE", "64MiB", "One request, decoded."),
  MAX_REQUEST_RECORDS("N", "10000", "Records in one request."),
  MAX_COMPRESSION_RATIO("N", "200", "Decoded to encoded bytes after the first MiB."),
  MAX_RECORD_BYTES("SIZE", "8MiB", "One record, and one string in it."),
  MAX_RECORD_KEYS("N", "10000", "Keys in one record."),
  MAX_KEY_BYTES("SIZE", "256", "One key."),
  MAX_DEPTH("N", "100", "Nesting of one record."),
  MAX_NUMBER_DIGITS("N", "1000", "Digits of one number."),
  MAX_ID_BYTES("SIZE", "1024", "One id."),
  MAX_HEADER_BYTES("SIZE", "8KiB", "One header value."),
  RECENT_IDS("N", "5000000", "Records that are remembered to recognise duplicates."),
  MAX_IN_FLIGHT_BYTES("SIZE", null, "Bodies being read at once; default a tenth of the heap.");

  static final String SEPARATOR = ";";

  /** Variables of the same family that are not settings of the server. */
  private static final String[] OTHER_VARIABLES = {
    "LEDGERLINE_URL", "LEDGERLINE_API_KEY", "LEDGERLINE_JAVA_OPTIONS", "LEDGERLINE_CACHE"
  };

  final @Nullable String value;
  final @Nullable String fallback;
  final String description;

  /**
   * @param value what stands for the value in help; null for a switch
   * @param fallback the default; null where nothing is the default
   */
  Setting(@Nullable String value, @Nullable String fallback, String description) {
    this.value = value;
    this.fallback = fallback;
    this.description = description;
  }

  boolean isSwitch() {
    return value == null;
  }

  /**
   * Whether it may be told several times: on the command line by repeating the flag, in the
   * environment and in a file of properties separated by {@value #SEPARATOR}, in JSON as an array.
   */
  boolean repeats() {
    return switch (this) {
      case KAFKA, SCRAPE, EXPORT, EXPORT_HEADERS, EXPORT_FILTER -> true;
      default -> false;
    };
  }

  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String flag() {
    return "--" + key();
  }

  String variable() {
    return "LEDGERLINE_" + name();
  }

  static Setting ofKey(String key) throws BadSettingException {
    for (Setting setting : values()) {
      if (setting.key().equals(key)) {
        return setting;
      }
    }
    throw BadSettingException.unknown(
        "setting", key, Arrays.stream(values()).map(Setting::key).toList());
  }

  static @Nullable Setting ofVariable(String variable) throws BadSettingException {
    for (Setting setting : values()) {
      if (setting.variable().equals(variable)) {
        return setting;
      }
    }
    if (Arrays.asList(OTHER_VARIABLES).contains(variable)) {
      return null;
    }
    throw BadSettingException.unknown(
        "variable", variable, Arrays.stream(values()).map(Setting::variable).toList());
  }
}
