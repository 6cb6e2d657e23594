// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

/** A loop that looks busy: the same call, the same answer, and tokens that only grow. */
final class NightWatch implements Story.Plot {
  private static final int ROUNDS = 14;

  @Override
  public void tell(Narrator n) {
    ToldRun run = n.run("watch", n.id("thread"));
    Actor watch = run.actor("night-watch", "gpt-5.2-mini");
    watch.starts("Tell me when the nightly export is done");
    watch.isAsked("Watch job export-2026-11 and tell me when it is done. Don't do anything else.");
    int inputTokens = 640;
    for (int round = 1; round <= ROUNDS; round++) {
      watch.thinks(1.2, inputTokens, inputTokens * 3 / 4, 22);
      Actor.Call status =
          watch.calls("get_job_status", "{\"job\":\"export-2026-11\",\"verbose\":true}");
      n.pause(0.5);
      status.returns(
          "{\"job\":\"export-2026-11\",\"state\":\"RUNNING\",\"progress\":0.41,\"eta\":null,"
              + "\"worker\":\"w-07\",\"heartbeat\":\"2026-11-20T23:58:04Z\"}");
      if (round % 5 == 0) {
        watch.says("Still running at 41 %. I check again.");
      }
      inputTokens += 180;
      n.pause(3);
    }
    watch.asksItsModel(); // and so on: the run goes on where the story stops
  }
}
