// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.event.Word;
import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.event.query.EventPredicate;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.export.Target;
import dev.ledgerline.otel.export.Target.From;
import dev.ledgerline.otel.export.Target.Protocol;
import dev.ledgerline.otel.export.Target.Security;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads where runs are sent on.
 *
 * <pre>
 *  --export          NAME=URL{,KEY=VALUE}     or URL alone, whose name is otlp
 *  --export-headers  NAME=HEADER=VALUE        or HEADER=@FILE: what is in the file
 *  --export-filter   NAME=QUERY
 * </pre>
 */
final class ExportTargets {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");

  /** Those that a transport sets by itself, and what gRPC keeps for itself or for bytes. */
  private static final Pattern RESERVED =
      Pattern.compile(
          "(?i)connection|content-(length|type|encoding)|expect|host|upgrade|te|grpc-.*|.*-bin");

  private static final String ALONE = "otlp";

  /** Each has a thread, a cursor and the folds of open runs. */
  private static final int MOST = 16;

  private static final List<String> KEYS =
      List.of("protocol", "signals", "compression", "from", "contents", "ca", "cert", "key");

  private final Map<String, Target> targets = new LinkedHashMap<>();

  private ExportTargets() {}

  static List<Target> parse(List<String> exports, List<String> headers, List<String> filters)
      throws BadSettingException {
    ExportTargets parsed = new ExportTargets();
    for (String export : exports) {
      parsed.target(export);
    }
    for (String header : headers) {
      parsed.header(header);
    }
    for (String filter : filters) {
      parsed.filter(filter);
    }
    return List.copyOf(parsed.targets.values());
  }

  private void target(String text) throws BadSettingException {
    String[] parts = text.strip().split(",");
    boolean alone = parts[0].startsWith("http://") || parts[0].startsWith("https://");
    int equals = parts[0].indexOf('=');
    if (!alone && equals < 1) {
      throw bad("export", text, "is to be NAME=URL");
    }
    String name = alone ? ALONE : parts[0].substring(0, equals);
    if (!NAME.matcher(name).matches()) {
      throw bad("export", text, "the name may have a-z, 0-9, - and _, at most 40");
    }
    Map<String, String> keys = keys(text, Arrays.asList(parts).subList(1, parts.length));
    URI url = url(text, alone ? parts[0] : parts[0].substring(equals + 1));
    Target target =
        Target.of(name, url)
            .over(protocol(text, keys.getOrDefault("protocol", "http/protobuf")))
            .only(signals(text, keys.get("signals")))
            .compressed(one(text, "compression", keys, "gzip", "none").equals("gzip"))
            .from(one(text, "from", keys, "start", "now").equals("now") ? From.NOW : From.START)
            .withContents(one(text, "contents", keys, "false", "true").equals("true"))
            .securedBy(security(text, keys));
    if (targets.put(name, target) != null) {
      throw bad("export", text, "there are two targets of that name");
    }
    if (targets.size() > MOST) {
      throw bad("export", text, "there are more than " + MOST + " targets");
    }
  }

  private static Map<String, String> keys(String text, List<String> parts)
      throws BadSettingException {
    Map<String, String> keys = new TreeMap<>();
    for (String part : parts) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? part : part.substring(0, equals);
      if (!KEYS.contains(key)) {
        throw BadSettingException.unknown("key of --export", key, KEYS);
      }
      if (equals < 0 || keys.put(key, part.substring(equals + 1)) != null) {
        throw bad("export", text, key + " is to have one value");
      }
    }
    return keys;
  }

  private static URI url(String text, String told) throws BadSettingException {
    try {
      URI url = new URI(told);
      boolean usable =
          ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
              && url.getHost() != null
              && url.getUserInfo() == null
              && url.getQuery() == null;
      if (usable) {
        return url;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw bad("export", text, "needs a URL such as https://collector:4318, without a password");
  }

  private static Protocol protocol(String text, String told) throws BadSettingException {
    return switch (told) {
      case "http/protobuf" -> Protocol.HTTP_PROTOBUF;
      case "http/json" -> Protocol.HTTP_JSON;
      case "grpc" -> Protocol.GRPC;
      default -> throw bad("export", text, "protocol is http/protobuf, http/json or grpc");
    };
  }

  private static Set<Signal> signals(String text, @Nullable String told)
      throws BadSettingException {
    if (told == null) {
      return EnumSet.allOf(Signal.class);
    }
    Set<Signal> signals = EnumSet.noneOf(Signal.class);
    for (String word : told.split("\\+")) {
      Signal signal = Word.of(Signal.class, word);
      if (signal == null) {
        throw bad("export", text, "signals are traces, logs and metrics, joined by +");
      }
      signals.add(signal);
    }
    return signals;
  }

  private static String one(
      String text, String key, Map<String, String> keys, String usual, String other)
      throws BadSettingException {
    String told = keys.getOrDefault(key, usual);
    if (!told.equals(usual) && !told.equals(other)) {
      throw bad("export", text, key + " is " + usual + " or " + other);
    }
    return told;
  }

  private static Security security(String text, Map<String, String> keys)
      throws BadSettingException {
    Path certificate = file(text, keys.get("cert"));
    Path key = file(text, keys.get("key"));
    if ((certificate == null) != (key == null)) {
      throw bad("export", text, "cert and key belong together");
    }
    return new Security(file(text, keys.get("ca")), certificate, key);
  }

  private static @Nullable Path file(String text, @Nullable String told)
      throws BadSettingException {
    if (told == null) {
      return null;
    }
    try {
      Path file = Path.of(told);
      if (Files.isReadable(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // said below
    }
    throw bad("export", text, "cannot read " + told);
  }

  private void header(String text) throws BadSettingException {
    String name = named("export-headers", text);
    String rest = text.substring(text.indexOf('=') + 1);
    int equals = rest.indexOf('=');
    String header = equals < 1 ? "" : rest.substring(0, equals).strip();
    if (!HEADER.matcher(header).matches()) {
      throw new BadSettingException("--export-headers is to be NAME=HEADER=VALUE");
    }
    if (RESERVED.matcher(header).matches()) {
      throw new BadSettingException("--export-headers: " + header + " is not for others to set");
    }
    String value = rest.substring(equals + 1).strip();
    if (value.startsWith("@")) {
      try {
        value = Files.readString(Path.of(value.substring(1))).strip();
      } catch (IOException | InvalidPathException e) {
        throw new BadSettingException("--export-headers: cannot read " + value.substring(1));
      }
    }
    if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new BadSettingException(
          "--export-headers: the value of " + header + " is to be one line of ASCII");
    }
    Target target = target("export-headers", name);
    Map<String, String> headers = new TreeMap<>(target.headers());
    headers.put(header, value);
    targets.put(name, target.withHeaders(headers));
  }

  private void filter(String text) throws BadSettingException {
    String name = named("export-filter", text);
    try {
      Query query = QueryParser.parse(text.substring(text.indexOf('=') + 1));
      EventPredicate.of(query, Instant.EPOCH); // whether an event alone can be asked that
      targets.put(name, target("export-filter", name).matching(query));
    } catch (BadQueryException e) {
      throw new BadSettingException(
          "--export-filter "
              + name
              + ": "
              + e.getMessage()
              + "; what a run comes to is not known when its first steps are sent; error:* sends the"
              + " runs in which something failed");
    }
  }

  private static String named(String flag, String text) throws BadSettingException {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new BadSettingException("--" + flag + " is to begin with NAME=");
    }
    return text.substring(0, equals).strip();
  }

  private Target target(String flag, String name) throws BadSettingException {
    Target target = targets.get(name);
    if (target != null) {
      return target;
    }
    if (targets.isEmpty()) {
      throw new BadSettingException("--" + flag + " needs --export");
    }
    throw BadSettingException.unknown("target", name, new ArrayList<>(targets.keySet()));
  }

  private static BadSettingException bad(String flag, String text, String why) {
    return new BadSettingException("--" + flag + " " + text + ": " + why);
  }
}
