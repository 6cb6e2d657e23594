// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.ToolOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a tool call of Codex went, by the text that the model was given. Only Codex' own words count:
 * the header lines, what stands in place of an output, the exit code of the older JSON form. What a
 * command itself printed may say anything.
 */
final class CodexOutput {
  private static final String EXIT_CODE = "Exit code: ";
  private static final String PROCESS_EXITED = "Process exited with code ";
  private static final List<String> HEADER =
      List.of(
          "Chunk ID:",
          "Wall time",
          PROCESS_EXITED,
          "Process running with session ID",
          EXIT_CODE,
          "Original token count:",
          "Total output lines:",
          "Script ");

  /** What Codex says of a call that it refused, broke off or could not begin. */
  private static final List<String> REFUSALS =
      List.of(
          "unsupported call",
          "unsupported custom tool call",
          "aborted",
          "rejected",
          "patch rejected",
          "exec command rejected",
          "exec_command failed",
          "write_stdin failed",
          "unified exec failed",
          "failed in sandbox",
          "command timed out",
          "execution error",
          "tool call error",
          "failed to parse function arguments",
          "apply_patch verification failed");

  private CodexOutput() {}

  /**
   * A verdict.
   *
   * @param error the text where the call failed
   */
  record Verdict(ToolOutcome outcome, String text, @Nullable String error) {}

  static Verdict judge(@Nullable JsonNode output) {
    String text = textOf(output);
    Boolean ok = byFlag(output);
    if (ok == null) {
      ok = text.startsWith("{") ? byJson(text) : byHeader(text);
    }
    if (ok == null) {
      return new Verdict(ToolOutcome.UNTOLD, text, null);
    }
    return ok
        ? new Verdict(ToolOutcome.OK, text, null)
        : new Verdict(ToolOutcome.FAILED, text, why(text));
  }

  private static @Nullable Boolean byFlag(@Nullable JsonNode output) {
    JsonNode success = output == null ? null : output.get("success");
    if (success == null || !success.isBoolean()) {
      return null;
    }
    return success.booleanValue();
  }

  private static String textOf(@Nullable JsonNode output) {
    if (output == null) {
      return "";
    }
    if (output.isTextual()) {
      return output.textValue();
    }
    JsonNode parts = output.isObject() ? output.path("content") : output;
    return parts.isTextual() ? parts.textValue() : parts.path(0).path("text").asText();
  }

  /** The line that says it, else all that was said. */
  private static String why(String text) {
    for (int line = 0; line < text.length() && isHeader(text, line); line = nextLine(text, line)) {
      if (Boolean.FALSE.equals(byLine(text, line))) {
        return text.substring(line, nextLine(text, line)).strip();
      }
    }
    return text;
  }

  private static @Nullable Boolean byJson(String text) {
    // A command's own quotes are escaped in there: the last such key is Codex'.
    String key = "\"exit_code\":";
    int at = text.lastIndexOf(key);
    return at < 0 ? null : isZero(text, at + key.length());
  }

  private static @Nullable Boolean byHeader(String text) {
    Boolean ok = null;
    int line = 0;
    while (line < text.length() && isHeader(text, line)) {
      Boolean told = byLine(text, line);
      ok = told == null ? ok : told;
      line = nextLine(text, line);
    }
    if (ok != null) {
      return ok;
    }
    if (text.startsWith("Output:\n", line)) {
      // apply_patch inside a command: a header of its own begins the output.
      int first = line + "Output:\n".length();
      return text.startsWith(EXIT_CODE, first) ? byLine(text, first) : null;
    }
    for (String refusal : REFUSALS) {
      if (text.startsWith(refusal, line)) {
        return false;
      }
    }
    return null;
  }

  private static boolean isHeader(String text, int line) {
    for (String words : HEADER) {
      if (text.startsWith(words, line)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Boolean byLine(String text, int line) {
    if (text.startsWith(PROCESS_EXITED, line)) {
      return isZero(text, line + PROCESS_EXITED.length());
    }
    if (text.startsWith(EXIT_CODE, line)) {
      return isZero(text, line + EXIT_CODE.length());
    }
    if (text.startsWith("Script completed", line)) {
      return true;
    }
    if (text.startsWith("Script failed", line) || text.startsWith("Script terminated", line)) {
      return false;
    }
    return null;
  }

  private static int nextLine(String text, int line) {
    int end = text.indexOf('\n', line);
    return end < 0 ? text.length() : end + 1;
  }

  /** Whether the number there is 0; null where there is none. */
  private static @Nullable Boolean isZero(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    boolean zero = true;
    int digits = 0;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      zero &= text.charAt(at) == '0';
      digits++;
      at++;
    }
    return digits == 0 ? null : (Boolean) zero;
  }
}
