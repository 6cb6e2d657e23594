// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The schema of the native form, compiled from its file: the keywords that the file uses and no
 * others, because that is a hundred times faster than a validator that knows them all. What is null
 * counts as left out, as it does when records are stored. Safe for use by many threads.
 */
final class NativeSchema {
  /** What is wrong: where, and a sentence. */
  record Breach(String pointer, String message) {}

  /** At most so many for one record. */
  private static final int MOST = 10;

  private static final Set<String> SILENT =
      Set.of("$schema", "$id", "$defs", "title", "description", "if", "then");

  private final JsonNode file;
  private final Map<String, Rule> named = new HashMap<>();
  private final List<Rule> always = new ArrayList<>();
  private final Map<String, Rule> byType = new HashMap<>();

  NativeSchema() {
    try (InputStream in =
        NativeSchema.class.getResourceAsStream("/schema/native-event.schema.json")) {
      this.file = new ObjectMapper().readTree(Objects.requireNonNull(in, "the schema is missing"));
    } catch (IOException e) {
      throw new IllegalStateException("the schema cannot be read", e);
    }
    for (JsonNode part : file.path("allOf")) {
      JsonNode type = part.at("/if/properties/type/const");
      if (type.isTextual()) {
        byType.put(type.textValue(), compile(part.path("then")));
      } else {
        always.add(compile(part));
      }
    }
  }

  /**
   * What a record breaks.
   *
   * @param context fields that headers may stand in for
   */
  List<Breach> check(JsonNode record, Set<String> context) {
    List<Breach> breaches = new ArrayList<>(0);
    for (Rule rule : always) {
      rule.check(record, "", context, breaches);
    }
    JsonNode type = record.path("type");
    Rule own = type.isTextual() ? byType.get(type.textValue()) : null;
    if (own != null) {
      own.check(record, "", context, breaches);
    }
    return breaches;
  }

  /** One schema. */
  private static final class Rule {
    private @Nullable Rule reference;
    private @Nullable String type;
    private @Nullable Set<JsonNode> values;
    private @Nullable Pattern pattern;
    private double minimum = Double.NEGATIVE_INFINITY;
    private int minLength;
    private int maxLength = Integer.MAX_VALUE;
    private final Map<String, Rule> properties = new LinkedHashMap<>();
    private final List<String> required = new ArrayList<>();
    private final List<Rule> anyOf = new ArrayList<>();

    void check(JsonNode value, String at, Set<String> context, List<Breach> breaches) {
      if (breaches.size() >= MOST) {
        return;
      }
      if (reference != null) {
        reference.check(value, at, context, breaches);
      }
      String wrong = wrong(value);
      if (wrong != null) {
        breaches.add(new Breach(at, wrong));
        return;
      }
      for (String name : required) {
        JsonNode field = value.get(name);
        if ((field == null || field.isNull()) && !context.contains(name)) {
          breaches.add(new Breach(at + "/" + name, name + " is required"));
        }
      }
      for (Map.Entry<String, Rule> property : properties.entrySet()) {
        JsonNode field = value.get(property.getKey());
        if (field != null && !field.isNull()) {
          property.getValue().check(field, at + "/" + property.getKey(), context, breaches);
        }
      }
      if (!anyOf.isEmpty()) {
        any(value, at, context, breaches);
      }
    }

    private void any(JsonNode value, String at, Set<String> context, List<Breach> breaches) {
      List<Breach> first = null;
      for (Rule rule : anyOf) {
        List<Breach> own = new ArrayList<>(0);
        rule.check(value, at, context, own);
        if (own.isEmpty()) {
          return;
        }
        first = first == null ? own : first;
      }
      if (first != null) {
        breaches.add(first.getFirst());
      }
    }

    private @Nullable String wrong(JsonNode value) {
      if (type != null && !is(type, value)) {
        return "this is no " + type;
      }
      if (values != null && !values.contains(value)) {
        return "this is none of the values that are allowed";
      }
      if (value.isNumber() && value.doubleValue() < minimum) {
        return "this is less than " + (long) minimum;
      }
      if (value.isTextual()) {
        String text = value.textValue();
        int length = text.codePointCount(0, text.length());
        if (length < minLength || length > maxLength) {
          return length < minLength ? "this is empty" : "this is longer than " + maxLength;
        }
        if (pattern != null && !pattern.matcher(text).find()) {
          return "this has not the form that it must have";
        }
      }
      return null;
    }

    private static boolean is(String type, JsonNode value) {
      return switch (type) {
        case "string" -> value.isTextual();
        case "integer" ->
            value.isIntegralNumber()
                || (value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue()));
        case "number" -> value.isNumber();
        case "object" -> value.isObject();
        case "array" -> value.isArray();
        case "boolean" -> value.isBoolean();
        default -> throw new IllegalStateException("the schema has a type " + type);
      };
    }
  }

  private Rule compile(JsonNode schema) {
    Rule rule = new Rule();
    for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
      JsonNode value = keyword.getValue();
      switch (keyword.getKey()) {
        case "$ref" -> rule.reference = named(value.textValue());
        case "type" -> {
          if (value.isTextual()) {
            rule.type = value.textValue();
          } else {
            value.forEach(type -> rule.anyOf.add(ofType(type.textValue())));
          }
        }
        case "enum" -> {
          Set<JsonNode> values = new HashSet<>();
          value.forEach(values::add);
          rule.values = values;
        }
        case "const" -> rule.values = Set.of(value);
        case "pattern" -> rule.pattern = Pattern.compile(value.textValue());
        case "minimum" -> rule.minimum = value.doubleValue();
        case "minLength" -> rule.minLength = value.intValue();
        case "maxLength" -> rule.maxLength = value.intValue();
        case "required" -> value.forEach(name -> rule.required.add(name.textValue()));
        case "anyOf" -> value.forEach(one -> rule.anyOf.add(compile(one)));
        case "properties" ->
            value.properties().forEach(p -> rule.properties.put(p.getKey(), compile(p.getValue())));
        default -> {
          if (!SILENT.contains(keyword.getKey())) {
            throw new IllegalStateException("the schema uses " + keyword.getKey());
          }
        }
      }
    }
    return rule;
  }

  private static Rule ofType(String type) {
    Rule rule = new Rule();
    rule.type = type;
    return rule;
  }

  private Rule named(String reference) {
    Rule known = named.get(reference);
    if (known == null) {
      known = compile(file.at(reference.substring(1)));
      named.put(reference, known);
    }
    return known;
  }
}
