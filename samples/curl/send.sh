#!/bin/sh
# SPDX-FileCopyrightText: The Ledgerline authors
# SPDX-License-Identifier: Apache-2.0
#
# An agent in shell that counts the lines of files, and tells Ledgerline each step as it happens.
# Usage: send.sh [file ...]
set -eu

# --- sink: copy this part -------------------------------------------------------------------
url=${LEDGERLINE_URL:-http://127.0.0.1:7654}
run=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)
n=0

# text -> JSON string
quote() { printf '"%s"' "$(printf %s "$1" | tr '\n\r\t' '   ' | sed 's/\\/\\\\/g; s/"/\\"/g')"; }

# event TYPE ROLE FIELDS: run_id and id name the event, so curl may send it again at will
event() {
  n=$((n + 1))
  printf '{"id":%d,"run_id":"%s","agent":"line-counter","depth":0,"type":"%s","role":"%s","timestamp":"%s"%s}' \
      "$n" "$run" "$1" "$2" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${3:+,$3}" |
    curl --silent --show-error --fail --output /dev/null --max-time 30 \
      --retry 8 --retry-connrefused --retry-all-errors \
      ${LEDGERLINE_API_KEY:+--header "X-API-Key: $LEDGERLINE_API_KEY"} \
      --header 'Content-Type: application/json' --data-binary @- "$url/v1/events"
}
# --------------------------------------------------------------------------------------------

[ $# -gt 0 ] || set -- "$0" /no/such/file
event RunStarted system "\"title\":$(quote "Count the lines of $# files")"
event ChatRequest user "\"input\":$(quote "How many lines have $*?")"
for file; do
  event CompletionCall assistant "\"call_id\":\"m$n\",\"model\":\"made-up\""
  event CompletionResult assistant "\"call_id\":\"m$((n - 1))\",\"usage\":{\"input_tokens\":$((80 + n)),\"output_tokens\":9}"
  call="c$n"
  event ToolCall assistant "\"call_id\":\"$call\",\"function_name\":\"wc\",\"args\":{\"file\":$(quote "$file")}"
  if lines=$({ wc -l <"$file"; } 2>/dev/null); then
    event ToolResult tool "\"call_id\":\"$call\",\"function_name\":\"wc\",\"text_result\":$(quote "$lines")"
  else
    event ToolError tool "\"call_id\":\"$call\",\"function_name\":\"wc\",\"content\":$(quote "cannot read $file")"
  fi
done
event TextOutput assistant "\"content\":$(quote "Done: looked at $# files. 📏")"
event RunCompleted assistant '"finish_reason":"success"'
echo "run $run: $n events"
