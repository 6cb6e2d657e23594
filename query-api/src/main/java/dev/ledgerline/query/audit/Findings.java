// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import java.util.List;

/**
 * What is odd about a run.
 *
 * @param callsJudged calls that were compared with each other
 * @param complete whether those were all
 */
public record Findings(List<Finding> found, int callsJudged, boolean complete) {}
