// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.collector.dialect.symphony.TrackerStates;
import dev.ledgerline.collector.kafka.KafkaSettings;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.otel.export.Target;
import dev.ledgerline.query.answer.WaysBack;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the server was told, parsed once. A flag wins over a variable, a variable over the file, the
 * file over the default.
 *
 * @param otlpPort and {@code grpcPort}: null: none
 * @param tls null: plain HTTP
 * @param redact null: the built-in rules
 * @param index false: events are logged and not indexed
 * @param retain and {@code retainBytes}: null: for ever
 * @param maxInFlightBytes null: a share of the heap
 * @param ownTelemetry null: nothing is reported
 */
record Config(
    String host,
    int port,
    @Nullable Integer otlpPort,
    @Nullable Integer grpcPort,
    Path data,
    @Nullable Path apiKeys,
    @Nullable Tls tls,
    boolean trustProxy,
    @Nullable String redact,
    boolean rebuild,
    boolean index,
    @Nullable Duration retain,
    @Nullable Long retainBytes,
    Silence silence,
    Limits limits,
    @Nullable Long maxInFlightBytes,
    List<KafkaSettings> kafka,
    WaysBack answers,
    List<Target> exports,
    @Nullable URI ownTelemetry,
    Scraping scraping,
    TrackerStates trackerStates) {

  /** What the OpenTelemetry specification gives OTLP. */
  private static final int OTLP_PORT = 4318;

  private static final int GRPC_PORT = 4317;

  /** Where the certificate is. */
  record Tls(Path certificate, Path key) {}

  static Config of(Map<Setting, String> flags, Map<String, String> environment)
      throws BadSettingException {
    Map<Setting, String> told = new EnumMap<>(Setting.class);
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (variable.getKey().startsWith("LEDGERLINE_")) {
        Setting setting = Setting.ofVariable(variable.getKey());
        if (setting != null) {
          told.put(setting, variable.getValue());
        }
      }
    }
    told.putAll(flags);
    String file = told.get(Setting.CONFIG);
    if (file != null) {
      read(Path.of(file)).forEach(told::putIfAbsent);
    }
    for (Setting setting : Setting.values()) {
      if (setting.fallback != null) {
        told.putIfAbsent(setting, setting.fallback);
      }
    }
    return new Values(told).config();
  }

  boolean isLoopback() {
    return loopback(host);
  }

  private static boolean loopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static Map<Setting, String> read(Path file) throws BadSettingException {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    try {
      String text = Files.readString(file);
      if (text.stripLeading().startsWith("{")) {
        for (Map.Entry<String, JsonNode> field : new ObjectMapper().readTree(text).properties()) {
          Setting setting = Setting.ofKey(field.getKey());
          settings.put(setting, value(file, setting, field.getValue()));
        }
      } else {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        for (String key : properties.stringPropertyNames()) {
          settings.put(Setting.ofKey(key), properties.getProperty(key));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new BadSettingException("Cannot read " + file + ": " + e.getMessage());
    }
    if (settings.containsKey(Setting.CONFIG)) {
      throw new BadSettingException(file + ": a file of settings cannot name another");
    }
    return settings;
  }

  private static String value(Path file, Setting setting, JsonNode value)
      throws BadSettingException {
    if (setting.repeats() && value.isArray()) {
      return value
          .valueStream()
          .map(JsonNode::asText)
          .collect(Collectors.joining(Setting.SEPARATOR));
    }
    if (value.isContainerNode()) {
      throw new BadSettingException(file + ": " + setting.key() + " must be one value");
    }
    return value.asText();
  }

  /** Texts on their way to being a Config. */
  private record Values(Map<Setting, String> texts) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15}) ?([KMGT]iB|[KMGT]?B)?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h|d)");

    Config config() throws BadSettingException {
      Config config =
          new Config(
              text(Setting.HOST),
              integer(Setting.PORT, 0, 65_535),
              portBeside(Setting.OTLP_PORT, OTLP_PORT),
              portBeside(Setting.GRPC_PORT, GRPC_PORT),
              Path.of(text(Setting.DATA)),
              path(Setting.API_KEYS),
              tls(),
              bool(Setting.TRUST_PROXY),
              texts.get(Setting.REDACT),
              bool(Setting.REBUILD),
              bool(Setting.INDEX),
              texts.containsKey(Setting.RETAIN_DAYS)
                  ? Duration.ofDays(integer(Setting.RETAIN_DAYS, 1, 36_500))
                  : null,
              texts.containsKey(Setting.RETAIN_BYTES)
                  ? size(Setting.RETAIN_BYTES, Long.MAX_VALUE)
                  : null,
              new Silence(patience(Setting.LOST_AFTER), patience(Setting.STALLED_AFTER)),
              limits(),
              texts.containsKey(Setting.MAX_IN_FLIGHT_BYTES)
                  ? size(Setting.MAX_IN_FLIGHT_BYTES, Long.MAX_VALUE)
                  : null,
              kafka(),
              answers(),
              exports(),
              ownTelemetry(),
              Scraping.parse(each(Setting.SCRAPE), duration(Setting.SCRAPE_INTERVAL)),
              trackerStates());
      refuseToBeOpen(config);
      return config;
    }

    private Limits limits() throws BadSettingException {
      int most = 1 << 30; // a request has to fit into an array
      Limits usual = Limits.DEFAULT;
      return new Limits(
          (int) size(Setting.MAX_REQUEST_BYTES, most),
          integer(Setting.MAX_REQUEST_RECORDS, 1, 1_000_000),
          integer(Setting.MAX_COMPRESSION_RATIO, 1, 1_000_000),
          (int) size(Setting.MAX_RECORD_BYTES, most),
          integer(Setting.MAX_RECORD_KEYS, 1, 10_000_000),
          (int) size(Setting.MAX_KEY_BYTES, most),
          integer(Setting.MAX_DEPTH, 1, 1_000),
          integer(Setting.MAX_NUMBER_DIGITS, 20, 100_000),
          (int) size(Setting.MAX_ID_BYTES, 32_000), // the longest term of an index is 32,766 bytes
          (int) size(Setting.MAX_HEADER_BYTES, 8 << 10), // seven of them fit into what is read
          integer(Setting.RECENT_IDS, 1_000, 500_000_000),
          usual.sources(),
          usual.streamsPerSource(),
          usual.memoryPerSource(),
          usual.admissionWait());
    }

    /** Whoever asks for a free port (tests, several servers) does not want well-known ones. */
    private @Nullable Integer portBeside(Setting setting, int usual) throws BadSettingException {
      if (!texts.containsKey(setting)) {
        return integer(Setting.PORT, 0, 65_535) == 0 ? null : (Integer) usual;
      }
      return text(setting).equals("off") ? null : (Integer) integer(setting, 0, 65_535);
    }

    private List<KafkaSettings> kafka() throws BadSettingException {
      List<KafkaSettings> sources = new ArrayList<>();
      for (String source : each(Setting.KAFKA)) {
        try {
          sources.add(KafkaSettings.parse(source));
        } catch (IllegalArgumentException e) {
          throw new BadSettingException("--kafka: " + e.getMessage());
        }
      }
      return sources;
    }

    private List<Target> exports() throws BadSettingException {
      return ExportTargets.parse(
          each(Setting.EXPORT), each(Setting.EXPORT_HEADERS), each(Setting.EXPORT_FILTER));
    }

    private @Nullable URI ownTelemetry() throws BadSettingException {
      if (!texts.containsKey(Setting.OWN_TELEMETRY)) {
        return null;
      }
      try {
        URI url = new URI(text(Setting.OWN_TELEMETRY));
        if (url.getHost() != null && List.of("http", "https").contains(url.getScheme())) {
          return url;
        }
      } catch (URISyntaxException e) {
        // said below
      }
      throw new BadSettingException("--own-telemetry needs a URL such as http://localhost:4318");
    }

    private TrackerStates trackerStates() throws BadSettingException {
      return texts.containsKey(Setting.TRACKER_DONE)
          ? new TrackerStates(
              new HashSet<>(Arrays.asList(text(Setting.TRACKER_DONE).split("\\s*,\\s*"))))
          : TrackerStates.USUAL;
    }

    private WaysBack answers() throws BadSettingException {
      Path file = path(Setting.ANSWERS);
      try {
        return file == null ? WaysBack.none() : WaysBack.read(file);
      } catch (IOException e) {
        throw new BadSettingException("--answers: " + e.getMessage());
      }
    }

    private static void refuseToBeOpen(Config config) throws BadSettingException {
      if (config.isLoopback()) {
        return;
      }
      if (config.apiKeys() == null) {
        throw new BadSettingException(
            "--host " + config.host() + " is open to the network: give --api-keys FILE too");
      }
      if (config.tls() == null && !config.trustProxy()) {
        throw new BadSettingException(
            "--host "
                + config.host()
                + " would send keys in the clear: give --tls-cert and --tls-key, or --trust-proxy"
                + " where a proxy in front ends TLS");
      }
    }

    private @Nullable Tls tls() throws BadSettingException {
      Path certificate = path(Setting.TLS_CERT);
      Path key = path(Setting.TLS_KEY);
      if (certificate == null && key == null) {
        return null;
      }
      if (certificate == null || key == null) {
        throw new BadSettingException("--tls-cert and --tls-key belong together");
      }
      return new Tls(certificate, key);
    }

    private String text(Setting setting) throws BadSettingException {
      String text = texts.get(setting);
      if (text == null || text.isBlank()) {
        throw new BadSettingException(setting.flag() + " must not be empty");
      }
      return text.strip();
    }

    /** Of a setting that repeats: each of its values. */
    private List<String> each(Setting setting) {
      String text = texts.get(setting);
      return text == null
          ? List.of()
          : Arrays.stream(text.split(Setting.SEPARATOR))
              .map(String::strip)
              .filter(value -> !value.isEmpty())
              .toList();
    }

    private @Nullable Path path(Setting setting) throws BadSettingException {
      if (!texts.containsKey(setting)) {
        return null;
      }
      Path path = Path.of(text(setting));
      if (!Files.isReadable(path)) {
        throw new BadSettingException(setting.flag() + ": cannot read " + path);
      }
      return path;
    }

    private boolean bool(Setting setting) throws BadSettingException {
      return switch (text(setting)) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new BadSettingException(setting.flag() + " is either true or false");
      };
    }

    private int integer(Setting setting, int least, int most) throws BadSettingException {
      try {
        int value = Integer.parseInt(text(setting));
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw new BadSettingException(
          setting.flag() + " must be a number from " + least + " to " + most);
    }

    private long size(Setting setting, long most) throws BadSettingException {
      Matcher matcher = SIZE.matcher(text(setting));
      if (matcher.matches()) {
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        long base = unit.endsWith("iB") ? 1024 : 1000;
        int power = "BKMGT".indexOf(unit.charAt(0));
        double bytes = Double.parseDouble(matcher.group(1)) * Math.pow((double) base, power);
        if (bytes >= 1 && bytes <= most) {
          return (long) bytes;
        }
      }
      throw new BadSettingException(
          setting.flag() + " must be a size such as 512, 64KiB or 2GiB, at most " + most);
    }

    /** One for all, and others for the runs of some root agents: {@code 30m,reviewer=2h}. */
    private Silence.Patience patience(Setting setting) throws BadSettingException {
      Duration usual = null;
      Map<String, Duration> byAgent = new HashMap<>();
      for (String part : text(setting).split(",")) {
        int equals = part.lastIndexOf('=');
        Duration duration = duration(setting, part.substring(equals + 1).strip());
        if (equals >= 0) {
          byAgent.put(part.substring(0, equals).strip(), duration);
        } else if (usual == null) {
          usual = duration;
        } else {
          throw new BadSettingException(
              setting.flag() + " has one duration for all agents; others are AGENT=DURATION");
        }
      }
      if (usual == null) {
        throw new BadSettingException(
            setting.flag() + " lacks the duration for all other agents, such as 30m,reviewer=2h");
      }
      return new Silence.Patience(usual, byAgent);
    }

    private Duration duration(Setting setting) throws BadSettingException {
      return duration(setting, text(setting));
    }

    private static Duration duration(Setting setting, String text) throws BadSettingException {
      Matcher matcher = DURATION.matcher(text);
      if (!matcher.matches()) {
        throw new BadSettingException(setting.flag() + " must be a duration such as 90s, 30m, 2h");
      }
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        case "h" -> Duration.ofHours(amount);
        default -> Duration.ofDays(amount);
      };
    }
  }
}
