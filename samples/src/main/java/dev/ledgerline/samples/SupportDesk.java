// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

/** A refund that is too large to be paid without a human, and the human is not there. */
final class SupportDesk implements Story.Plot {
  private static final String MAIL =
      """
      Guten Tag,
      ich habe am 3. November zwei Espressomühlen bestellt (Bestellung 88-20417), angekommen ist
      eine, und die ist auch noch beschädigt 😕. Ich möchte das Geld für beide zurück, bitte auf
      dasselbe Konto. Fotos hängen an.
      Mit freundlichen Grüßen
      Jürgen Weiß""";

  private static final String ORDER =
      """
      {"order":"88-20417","customer":"c_59213","placed":"2026-11-03T08:12:44Z","currency":"EUR",
       "lines":[{"sku":"MZ-64-B","name":"Espressomühle 64 mm, schwarz","quantity":2,"unit":349.00}],
       "shipments":[{"id":"s_771","pieces":1,"delivered":"2026-11-09"},{"id":"s_772","pieces":1,"lost":true}],
       "paid":{"method":"sepa","amount":698.00}}""";

  @Override
  public void tell(Narrator n) {
    ToldRun run = n.run("refund", n.id("thread"));
    Actor triage = run.actor("triage", "claude-haiku-5");
    Actor refunds = run.actor("refunds", "claude-sonnet-5");

    triage.starts("Bestellung 88-20417: eine Mühle fehlt, eine ist beschädigt");
    triage.isAsked(MAIL);
    triage.thinks(0.9, 1_310, 1_024, 64);
    Actor.Call order = triage.calls("get_order", "{\"order\":\"88-20417\"}");
    n.pause(0.4);
    order.returns(ORDER);
    Actor.Call photos =
        triage.calls("look_at_images", "{\"attachments\":[\"img_1.jpg\",\"img_2.jpg\"]}");
    n.pause(2.3);
    photos.returns(
        "Gehäuse an der Ecke eingedrückt, Trichter gesprungen. Passt zu Transportschaden.");
    triage.thinks(1.1, 2_204, 1_280, 90);
    triage.handsOffTo(refunds, "refund of 698.00 EUR, over the limit of triage");

    refunds.thinks(1.8, 3_050, 0, 233);
    Actor.Call policy =
        refunds.calls("search_policy", "{\"q\":\"Transportschaden Verlust Erstattung\"}");
    n.pause(0.6);
    policy.returns(
        "§ 4.2 Verlust und Transportschaden: voller Kaufpreis. § 7.1 Ab 500 EUR Freigabe durch Teamleitung.");
    refunds.thinks(1.5, 3_640, 2_816, 171);
    refunds.says(
        "Beide Mühlen werden erstattet, 698,00 €. Ab 500 € muss die Teamleitung zustimmen.");
    Actor.Call refund =
        refunds.calls(
            "refund_payment",
            "{\"order\":\"88-20417\",\"amount\":698.00,\"currency\":\"EUR\",\"reason\":\"lost_and_damaged\"}");
    refunds.asksForApproval(
        refund, "Refund 698.00 EUR for order 88-20417 to the SEPA account of Jürgen Weiß?");
    // Nobody answers: this is what /v1/waits is for.
  }
}
