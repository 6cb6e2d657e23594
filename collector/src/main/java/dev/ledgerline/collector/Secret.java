// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

/**
 * A secret that was found.
 *
 * @param detector what recognised it; stands in its replacement
 * @param from first byte of what is to be replaced
 * @param to behind the last byte
 */
record Secret(String detector, int from, int to) {}
