// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Wait;

/** A wait and the run that waits. */
public record RunWait(RunSummary run, Wait interval) {}
