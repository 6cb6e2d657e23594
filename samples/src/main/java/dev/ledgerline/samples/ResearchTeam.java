// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

/** A planner, a scout and an analyst find out whether a bakery should buy electric vans. */
final class ResearchTeam implements Story.Plot {
  private static final String QUESTION =
      """
      We run 42 delivery vans in Munich and 11 in Osaka. Should the next twenty be electric?
      One page, with numbers, sources and what you are not sure of. Thanks! 🥐""";

  private static final String SEARCH_RESULT =
      """
      {"results":[
        {"rank":1,"title":"Umweltzone München: Stufen 2026–2028","url":"https://stadt.example/umwelt/zone",
         "snippet":"Ab 1. Januar 2027 dürfen Lieferfahrzeuge mit Euro-5-Diesel innerhalb des Mittleren Rings nicht mehr …"},
        {"rank":2,"title":"Förderung gewerblicher Ladepunkte","url":"https://foerderung.example/laden",
         "snippet":"Zuschuss bis 40 % der Netto-Investition, höchstens 2.500 € je Ladepunkt bis 22 kW."},
        {"rank":3,"title":"大阪市 商用EV導入補助金のご案内","url":"https://city.example/ev-hojo",
         "snippet":"中小企業が対象。車両価格の3分の1、1台あたり上限150万円。申請期限は12月26日です。"},
        {"rank":4,"title":"Two winters with electric bakery vans: what broke","url":"https://fleet.example/winters",
         "snippet":"Range fell by 28 % at −8 °C; the loading bay, not the battery, was what made us late."}]}""";

  private static final String WINTER_REPORT =
      """
      # Two winters with electric bakery vans: what broke

      We replaced 18 diesel vans by electric ones in October. A day is 84 km and 31 stops, first van
      out at 03:40, so charging is never the problem people think it is.

      | month | mean °C | kWh/100 km | late tours |
      |---|---|---|---|
      | Nov | 4.1 | 27.9 | 2 |
      | Dec | 0.3 | 31.4 | 5 |
      | Jan | −3.8 | 35.2 | 11 |
      | Feb | −1.0 | 33.0 | 4 |

      Seven of the eleven late tours in January had one cause: two vans shared a charger because
      the third was iced in. A canopy for 3,900 € ended that. Cell heating from the plug at 03:00
      gave back 12 % of the range.

      Repairs: 0.021 € per km against 0.058 € before. Tyres last 20 % less. Drivers want to keep them.""";

  private static final String CODE =
      """
      {"code":"km = 84 * 302\\ndiesel = km * (9.8/100*1.62 + 0.058)\\nelectric = km * (31.9/100*0.29 + 0.021)\\nextra = 51400 - 38900 - 2500\\nprint(round(diesel), round(electric), round(extra / (diesel - electric), 2))","timeout_s":20}""";

  private static final String REPORT =
      """
      # Electric vans: the next twenty

      **Recommendation: buy fourteen now for Munich, three for Osaka, decide on three in March.**

      | | Diesel | Electric |
      |---|---|---|
      | energy and repairs per van and year | 5,499 € | 2,880 € |
      | extra price after subsidy | – | 10,000 € |
      | paid back after | – | 3.8 years |

      - *München*: Ab 2027 kommt Euro 5 nicht mehr in den Ring; 9 of our 42 vans are affected.
      - *大阪*: 補助金の申請期限は12月26日。必要書類は車両見積書と納税証明書です。
      - Winter: 28 % less range at −8 °C still leaves 2.1 tours per charge.

      Not sure of: the price of night power after 2027, and resale values. ⚡""";

  @Override
  public void tell(Narrator n) {
    ToldRun run = n.run("memo", n.id("thread"));
    Actor planner = run.actor("planner", "gpt-5.2");
    Actor scout = run.subAgent("scout", "gpt-5.2-mini");
    Actor analyst = run.subAgent("analyst", "claude-sonnet-5");

    planner.starts("Should the next twenty vans be electric?");
    planner.isAsked(QUESTION);
    planner.thinks(2.4, 1_204, 0, 312);
    planner.plans(
        "Rules and subsidies, one winter of real use, cost per year, memo",
        "scout: rules and subsidies in both cities, experience of others",
        "analyst: cost per van and year",
        "ask how much may be spent",
        "write the memo");
    n.pause(0.4);
    Actor.Call toScout =
        planner.calls(
            "ask_scout",
            "{\"task\":\"Rules, subsidies and winter experience: Munich, Osaka\",\"sources\":4}");
    Actor.ModelCall scoutThinks = scout.asksItsModel();
    n.pause(0.5);
    Actor.Call toAnalyst =
        planner.calls(
            "ask_analyst",
            "{\"task\":\"Cost per van and year, diesel against electric\",\"km_per_day\":84}");
    Actor.ModelCall analystThinks = analyst.asksItsModel();
    n.pause(1.1);
    scoutThinks.answers(842, 512, 96);
    Actor.Call search =
        scout.calls(
            "web_search",
            "{\"query\":\"electric delivery vans winter range Umweltzone München 大阪 EV 補助金\",\"limit\":4}");
    n.pause(0.9);
    analystThinks.answers(911, 0, 204);
    Actor.Call python = analyst.calls("run_python", CODE);
    n.pause(0.6);
    search.returns(SEARCH_RESULT);
    n.pause(0.7);
    python.returns("5499 2880 3.82\n");
    scout.thinks(1.3, 2_310, 768, 71);

    Actor.Call page = scout.calls("fetch_page", "{\"url\":\"https://fleet.example/winters\"}");
    n.pause(1.8);
    page.fails("HTTP 503 Service Unavailable: Wartungsarbeiten bis 04:30 Uhr (Retry-After: 2)");
    scout.reasons(
        "The site is being serviced for a moment. The report matters: wait and try again.");
    n.pause(2.2);
    Actor.Call again = scout.calls("fetch_page", "{\"url\":\"https://fleet.example/winters\"}");
    analyst.thinks(1.6, 1_420, 896, 188);
    again.returns(WINTER_REPORT);
    analyst.says("5,499 € against 2,880 € per van and year; the extra price is back in 3.8 years.");
    toAnalyst.returns("diesel 5499 €/a, electric 2880 €/a, payback 3.82 a");
    Actor.Call rules = scout.calls("fetch_page", "{\"url\":\"https://city.example/ev-hojo\"}");
    n.pause(1.1);
    rules.returns(
        "商用EV導入補助金\n対象: 市内に事業所を有する中小企業\n補助額: 車両本体価格の3分の1(上限150万円/台)\n"
            + "申請期限: 12月26日(必着)\n必要書類: 見積書、納税証明書、登記事項証明書");
    scout.thinks(2.0, 4_977, 2_304, 341);
    scout.says("Four sources read. Osaka's subsidy closes on 26 December; that decides the order.");
    toScout.returns(
        "Munich bans Euro 5 inside the ring from 2027; 2,500 € per charging point. Osaka pays a third,"
            + " at most 1.5 million yen, until 26 December. Winter costs 28 % of the range.");

    planner.thinks(2.1, 3_660, 1_024, 154);
    String question =
        planner.asksAHuman(
            "budget", "How much may the twenty vans cost in this budget year, in euros?");
    n.pause(9);
    planner.isAnswered(question, "mara.klein", "budget", "900000, Ladepunkte inklusive");
    planner.thinks(3.6, 4_020, 3_584, 611);
    Actor.Call write =
        planner.calls(
            "write_file",
            Narrator.JSON
                .createObjectNode()
                .put("path", "report.md")
                .put("content", REPORT)
                .toString());
    n.pause(0.3);
    write.returns("report.md: 27 lines, 1.1 kB");
    planner.produces("report.md", "text/markdown", "https://files.example/memo/report.md");
    planner.says(
        "The memo is in report.md: fourteen for Munich, three for Osaka, three in March. 🚐⚡");
    n.pause(0.3);
    planner.isDone();
  }
}
