// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;

/** Real folders on a disk that is full while one says so. */
final class FaultyFolders implements IndexPair.Folders {
  final AtomicBoolean full = new AtomicBoolean();

  @Override
  public Directory open(Path folder) throws IOException {
    return new FilterDirectory(FSDirectory.open(folder)) {
      @Override
      public IndexOutput createOutput(String name, IOContext context) throws IOException {
        if (full.get()) {
          throw new IOException("No space left on device");
        }
        return super.createOutput(name, context);
      }
    };
  }
}
