// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.time.Duration;

/**
 * All that bounds what a sender can make us hold, in one place. What is over a limit is refused or
 * quarantined with the limit in the message, never shortened.
 *
 * @param requestBytes decoded size of one request, and the most that one request holds in memory
 *     before it is parsed. Felt first by whoever posts whole log files
 * @param requestRecords records in one request: bounds how long one request can hold its lane
 * @param compressionRatio decoded to received bytes, checked after the first {@link
 *     #RATIO_FREE_BYTES}: JSON of agents compresses 5 to 30 times, a bomb 1,000 times
 * @param recordBytes one record, and any string in it. Felt first by tool results with images in
 *     base64
 * @param keys in one record, all objects together: each costs about 100 bytes of heap
 * @param keyBytes UTF-8 length of one key
 * @param depth nested arrays and objects; readers recurse no deeper than this
 * @param numberDigits characters of one number: turning text into a number is quadratic
 * @param idBytes UTF-8 length of ids and names, in records and in headers; they become terms of an
 *     index
 * @param headerBytes one {@code Ledgerline-} header as it was sent
 * @param recentIds records that are remembered to recognise duplicates and conflicts, 32 to 40
 *     bytes of heap each once they are there; older duplicates fall out when they are indexed
 * @param sources deployments with a ledger of their own; names come from a header, so they need a
 *     bound
 * @param streamsPerSource streams whose end is remembered; the least recently used are forgotten,
 *     and a forgotten stream goes on at 0 unless the sender names the offset
 * @param memoryPerSource entries that dialects remember; a dialect that finds nothing derives
 * @param admissionWait how long a request waits for room before it is answered 503: longer than a
 *     sync of a slow disk, shorter than the patience of a client
 */
public record Limits(
    int requestBytes,
    int requestRecords,
    int compressionRatio,
    int recordBytes,
    int keys,
    int keyBytes,
    int depth,
    int numberDigits,
    int idBytes,
    int headerBytes,
    int recentIds,
    int sources,
    int streamsPerSource,
    int memoryPerSource,
    Duration admissionWait) {

  /** Small bodies may compress as well as they like. */
  public static final int RATIO_FREE_BYTES = 1 << 20;

  /** Of a request that holds no record at all, so much is kept in quarantine. */
  public static final int REFUSED_REQUEST_BYTES = 1 << 20;

  public static final Limits DEFAULT =
      new Limits(
          64 << 20,
          10_000,
          200,
          8 << 20,
          10_000,
          256,
          100,
          1_000,
          1_024,
          8 << 10,
          5_000_000,
          10_000,
          10_000,
          10_000,
          Duration.ofSeconds(2));

  public Limits withRequest(int bytes, int records) {
    return new Limits(
        bytes,
        records,
        compressionRatio,
        recordBytes,
        keys,
        keyBytes,
        depth,
        numberDigits,
        idBytes,
        headerBytes,
        recentIds,
        sources,
        streamsPerSource,
        memoryPerSource,
        admissionWait);
  }

  public Limits withRecentIds(int recentIds) {
    return new Limits(
        requestBytes,
        requestRecords,
        compressionRatio,
        recordBytes,
        keys,
        keyBytes,
        depth,
        numberDigits,
        idBytes,
        headerBytes,
        recentIds,
        sources,
        streamsPerSource,
        memoryPerSource,
        admissionWait);
  }

  public Limits withMemory(int sources, int streamsPerSource, int memoryPerSource) {
    return new Limits(
        requestBytes,
        requestRecords,
        compressionRatio,
        recordBytes,
        keys,
        keyBytes,
        depth,
        numberDigits,
        idBytes,
        headerBytes,
        recentIds,
        sources,
        streamsPerSource,
        memoryPerSource,
        admissionWait);
  }
}
