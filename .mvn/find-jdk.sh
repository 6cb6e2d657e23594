# SPDX-FileCopyrightText: The Ledgerline authors
# SPDX-License-Identifier: Apache-2.0
#
# find_jdk prints the home of a JDK of version 25 or newer, or says what to install and fails.
# A JDK names its version in the file `release`; reading it is faster than starting java.

jdk_version() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }

is_new_enough() { [ -x "$1/bin/javac" ] && [ "$(jdk_version "$1" || echo 0)" -ge 25 ] 2>/dev/null; }

find_jdk() {
  local candidate javac
  if [ -n "${JAVA_HOME:-}" ] && is_new_enough "$JAVA_HOME"; then
    echo "$JAVA_HOME"
    return 0
  fi
  javac=$(command -v javac || true)
  if [ -n "$javac" ]; then
    candidate=$(dirname "$(dirname "$(readlink -f "$javac")")")
    if is_new_enough "$candidate"; then
      echo "$candidate"
      return 0
    fi
  fi
  for candidate in /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if is_new_enough "$candidate"; then
      echo "$candidate"
      return 0
    fi
  done
  echo "Ledgerline needs a JDK 25 or newer, and none was found in JAVA_HOME, on the PATH or in the usual folders." >&2
  echo "Install one (for example Eclipse Temurin 25) and set JAVA_HOME to it." >&2
  return 1
}
