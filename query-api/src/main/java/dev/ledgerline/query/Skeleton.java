// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Transition;
import dev.ledgerline.run.Wait;
import java.util.List;

/**
 * What a timeline draws of a run, all of it as of one moment.
 *
 * @param steps by their first event
 * @param waits by when they were opened
 * @param states changes of the run's own state, in the order of the source
 */
public record Skeleton(
    RunSummary run, List<Step> steps, List<Wait> waits, List<Transition> states) {}
