// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

/** A coding agent that gives up, and goes on where it stopped once it is told to. */
final class CodingAgent implements Story.Plot {
  private static final String TASK = "SHOP-481";

  private static final String SOURCE =
      """
      src/cart/total.ts
      11  export function total(lines: Line[], coupon?: Coupon): number {
      12    const sum = lines.reduce((s, l) => s + l.price * l.quantity, 0);
      13    if (!coupon) return sum;
      14    return sum * (1 - coupon.percent / 100);
      15  }""";

  private static final String FIRST_PATCH =
      """
      *** Begin Patch
      *** Update File: src/cart/total.ts
      @@
      -  return sum * (1 - coupon.percent / 100);
      +  return Math.round(sum * (100 - coupon.percent)) / 100;
      *** End Patch""";

  private static final String SECOND_PATCH =
      """
      *** Begin Patch
      *** Update File: src/cart/total.ts
      @@
      -  const sum = lines.reduce((s, l) => s + l.price * l.quantity, 0);
      +  // Cents: 0.1 + 0.2 is no amount of money.
      +  const sum = lines.reduce((s, l) => s + Math.round(l.price * 100) * l.quantity, 0);
         if (!coupon) return sum / 100;
      -  return Math.round(sum * (100 - coupon.percent)) / 100;
      +  const rebate = Math.round((sum * coupon.percent) / 100);
      +  return (sum - rebate) / 100;
      *** End Patch""";

  private static final String FAILURE =
      """
       ✗ cart/total › three croissants with 15 % (2 ms)
           expected 5.36, received 5.355000000000001
             at total.test.ts:41:27
       ✗ cart/total › one line of 1,999 pieces (1 ms)
           expected 2578.71, received 257871
             at total.test.ts:58:27

       Tests  2 failed | 212 passed (214)
      """;

  private static final String SUCCESS =
      """
       ✓ cart/total › three croissants with 15 % (2 ms)
       ✓ cart/total › one line of 1,999 pieces (1 ms)

       Tests  214 passed (214)
      """;

  @Override
  public void tell(Narrator n) {
    String thread = n.id("thread");
    n.outside("TaskSubmitted", TASK, thread).put("title", "Coupons are off by a cent");
    n.pause(1);

    ToldRun first = n.run("first", thread).attempt(TASK, 1);
    Actor coder = first.actor("coder", "gpt-5.2-codex");
    coder.starts("SHOP-481: Coupons are off by a cent");
    coder.isAsked("Fix SHOP-481. `npm test` must be green. Touch nothing outside src/cart.");
    coder.thinks(1.9, 3_210, 0, 140);
    coder.says("I look at how the total is made first.");
    coder
        .calls("shell", "{\"command\":[\"rg\",\"-n\",\"coupon\",\"src\"],\"workdir\":\".\"}")
        .returns("src/cart/total.ts:14\nsrc/cart/coupon.ts:3\nsrc/cart/total.test.ts:41\n");
    n.pause(0.4);
    coder
        .calls("shell", "{\"command\":[\"sed\",\"-n\",\"11,15p\",\"src/cart/total.ts\"]}")
        .returns(SOURCE);
    coder.thinks(3.1, 4_020, 3_072, 402);
    coder.reasons("Floating point. Rounding at the end should do, the tests will tell.");
    patch(coder, FIRST_PATCH);
    test(n, coder, false);
    coder.thinks(4.2, 22_430, 3_840, 260);
    coder.reasons("The second failure is mine: the sum was in euros. I take the patch back.");
    Actor.Call back = coder.calls("shell", "{\"command\":[\"git\",\"checkout\",\"src/cart\"]}");
    n.pause(0.3);
    back.returns("Updated 1 path from the index\n");
    test(n, coder, false);
    coder.thinks(2.2, 41_020, 22_016, 118);
    coder.says("The tests still fail and I am not sure what an amount is here: euros or cents?");
    coder.givesUp("2 of 214 tests fail: cart/total");

    n.outside("RetryScheduled", TASK, thread)
        .put("attempt", 2)
        .put("delay_ms", 6_000)
        .put("due_at", n.in(6).toString())
        .put("error", "2 of 214 tests fail: cart/total");
    n.pause(6);

    ToldRun second = n.run("second", thread).attempt(TASK, 2).continuing(first);
    Actor resumed = second.actor("coder", "gpt-5.2-codex");
    resumed.starts("SHOP-481: Coupons are off by a cent");
    resumed.isAsked(
        "Prices are euros with two decimals (siehe ADR 7). Count in cents inside, please.");
    resumed.thinks(2.6, 42_480, 40_960, 388);
    patch(resumed, SECOND_PATCH);
    test(n, resumed, true);
    resumed.thinks(1.4, 61_905, 43_008, 96);
    resumed.produces("total.diff", "text/x-diff", "https://files.example/shop-481/total.diff");
    resumed.says("Green: 214 of 214. Amounts are counted in cents now, see ADR 7. ✅");
    resumed.isDone();
  }

  private static void patch(Actor coder, String patch) {
    coder
        .calls("apply_patch", Narrator.JSON.createObjectNode().put("input", patch).toString())
        .returns("Done: src/cart/total.ts");
  }

  private static void test(Narrator n, Actor coder, boolean green) {
    Actor.Call tests =
        coder.calls("shell", "{\"command\":[\"npm\",\"test\",\"--\",\"--reporter=verbose\"]}");
    n.pause(1.2);
    tests.prints("> shop@4.2.0 test\n> vitest run --reporter=verbose\n");
    n.pause(2.8);
    if (green) {
      tests.returns(report(true));
    } else {
      tests.fails("exit code 1\n" + report(false));
    }
  }

  /** What a test runner prints about 214 tests: long, and worth searching. */
  private static String report(boolean green) {
    String[] suites = {"cart/line", "cart/coupon", "checkout/tax", "catalog/price", "user/address"};
    StringBuilder report = new StringBuilder();
    for (int i = 0; i < 212; i++) {
      report
          .append(" ✓ ")
          .append(suites[i % suites.length])
          .append(" › case ")
          .append(i + 1)
          .append(" of the price list, ")
          .append(i % 3 == 0 ? "gross" : i % 3 == 1 ? "net" : "steuerfrei")
          .append(" (")
          .append(1 + i * 7 % 23)
          .append(" ms)\n");
    }
    report.append(green ? SUCCESS : FAILURE);
    return report.toString();
  }
}
