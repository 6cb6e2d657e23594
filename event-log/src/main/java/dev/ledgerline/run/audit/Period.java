// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.time.Instant;

/** From then to then; empty where it ends before it begins. */
public record Period(Instant from, Instant to) {}
