// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.util.List;

/** A run and the runs that it called, as far down as they were looked at. */
public record Family(History run, List<Family> children) {}
