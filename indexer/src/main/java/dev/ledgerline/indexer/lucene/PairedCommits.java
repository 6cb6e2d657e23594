// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexDeletionPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last two commits of an index, so that each index of a pair still has the commit that
 * the other one ended with when only one of the two could be written.
 */
final class PairedCommits extends IndexDeletionPolicy {
  private final @Nullable String opened;

  /**
   * @param opened segments file of the commit that the writer starts from, null for the newest;
   *     newer ones have no partner and go
   */
  PairedCommits(@Nullable String opened) {
    this.opened = opened;
  }

  @Override
  public void onInit(List<? extends IndexCommit> commits) throws IOException {
    int last = commits.size() - 1;
    while (opened != null && last >= 0 && !commits.get(last).getSegmentsFileName().equals(opened)) {
      commits.get(last--).delete();
    }
    keepTwo(commits.subList(0, last + 1));
  }

  @Override
  public void onCommit(List<? extends IndexCommit> commits) {
    keepTwo(commits);
  }

  private static void keepTwo(List<? extends IndexCommit> commits) {
    for (int i = 0; i < commits.size() - 2; i++) {
      commits.get(i).delete();
    }
  }
}
