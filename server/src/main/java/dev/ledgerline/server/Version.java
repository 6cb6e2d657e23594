// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import picocli.CommandLine.IVersionProvider;

/** Which build this is, from the manifest of the jar. */
final class Version implements IVersionProvider {
  static String get() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"ledgerline " + get()};
  }
}
