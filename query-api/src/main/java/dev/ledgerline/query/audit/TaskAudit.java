// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import java.util.List;

/**
 * The books of a task.
 *
 * @param retries the newest 1,000, as they were scheduled
 */
public record TaskAudit(List<Retry> retries, TaskTime time, List<Finding> findings, Why why) {}
