// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The pages in a real browser, on a real server. */
class PagesTest {
  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  /**
   * What a run of an attacker is made of: markup, a mark that turns the direction of writing, an
   * escape.
   */
  private static final String HOSTILE =
      "<img src=x onerror=window.hacked=1><script>window.hacked=2</script>\u202egnp.exe\u001b[31m";

  @TempDir static Path data;
  private static @Nullable TestServer server;
  private static @Nullable WebDriver browser;

  @BeforeAll
  static void open() throws Exception {
    assumeTrue(
        Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
        "skipped: chromium and chromedriver are not installed (Debian: chromium, chromium-driver)");
    TestServer running = new TestServer(data);
    running.awaitReady();
    server = running;
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1400,1000");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(DRIVER.toString()))
                .build(),
            options);
  }

  @AfterAll
  static void close() throws Exception {
    if (browser != null) {
      browser.quit();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void aRunAppearsAndMovesInTheListWithoutAReload() throws Exception {
    go("ui/runs?q=agent:live-agent");
    await(d -> d.findElement(By.tagName("body")).getText().contains("No run matches"));
    js("window.notReloaded = true");
    send("live-1", "live-agent", "TextOutput\",\"role\":\"user\",\"content\":\"count the herons");
    await(d -> text("vaadin-grid").contains("count the herons"));
    assertTrue(text("vaadin-grid").contains("running"));
    post(event("live-1", "live-agent", 9, "RunCompleted\",\"finish_reason\":\"success"));
    await(d -> text("vaadin-grid").contains("completed"));
    assertEquals(true, js("return window.notReloaded"));
  }

  @Test
  void theFilterIsInTheAddressAndAnUnknownFieldNamesTheNearest() throws Exception {
    send("filter-1", "otter", "TextOutput\",\"content\":\"hello");
    go("ui/runs");
    WebElement filter = find(".ll-filter input");
    filter.sendKeys("agent:otter", Keys.ENTER);
    await(d -> currentUrl().contains("q=agent:otter") || currentUrl().contains("q=agent%3Aotter"));
    await(d -> text("vaadin-grid").contains("filter-1"));
    go("ui/runs?q=statee:failed");
    await(d -> text(".ll-problem").contains("state"));
  }

  @Test
  void aRunOpensAtOneOfItsEventsAndTheTimelineIsDrawn() throws Exception {
    send("deep-1", "heron", "TextOutput\",\"role\":\"user\",\"content\":\"plan the trip");
    post(
        event(
            "deep-1",
            "heron",
            3,
            "ToolCall\",\"function_name\":\"book_room\",\"args\":{\"room\":\"B\"},\"x\":\""));
    post(
        event(
            "deep-1",
            "heron",
            4,
            "WaitForInput\",\"request_keys\":{\"ok\":\"Shall I book?\"},\"x\":\""));
    go("ui/run/deep-1?event=3");
    await(d -> text(".ll-panel").contains("book_room"));
    assertTrue(text(".ll-open-wait").contains("Shall I book?"));
    await(
        d ->
            Long.valueOf(1)
                .equals(js("return document.querySelector('ledgerline-timeline').stepCount")));
    await(
        d ->
            Boolean.TRUE.equals(
                js(
                    "const c = document.querySelector('ledgerline-timeline').shadowRoot.querySelector('canvas');"
                        + "const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                        + "return p.some((v, i) => i % 4 === 3 && v > 0)")));
    find("body").sendKeys("j");
    await(d -> currentUrl().contains("event=4"));
    await(d -> text(".ll-panel").contains("wait.opened"));
  }

  @Test
  void aListThatIsNarrowedToSomeKindsGrowsWithItsRun() throws Exception {
    send("narrow-1", "tern", "TextOutput\",\"content\":\"hello");
    go("ui/run/narrow-1?show=tools");
    await(d -> text("h1").contains("hello"));
    post(event("narrow-1", "tern", 3, "ToolCall\",\"function_name\":\"dive\",\"x\":\""));
    await(d -> text("vaadin-grid").contains("dive"));
    assertFalse(text("vaadin-grid").contains("hello"));
  }

  @Test
  void whatAnAttackerSendsStaysText() throws Exception {
    String escaped = HOSTILE.replace("\u001b", "\\u001b");
    send("hostile-1", escaped, "TextOutput\",\"role\":\"user\",\"content\":\"" + escaped);
    go("ui/runs?q=run:hostile-1");
    await(d -> text("vaadin-grid").contains("<img src=x"));
    go("ui/run/hostile-1?event=2");
    await(d -> text(".ll-panel").contains("<script>"));
    assertTrue(
        text(".ll-panel").contains("\\u202e"),
        "the mark that turns the writing is not shown as a code");
    go("ui/search?q=hacked");
    await(d -> text(".ll-hit").contains("onerror"));
    assertEquals(null, js("return window.hacked"));
  }

  @Test
  void aWordOfAPayloadIsFoundAndMarked() throws Exception {
    send("search-1", "finch", "TextOutput\",\"content\":\"the quick zanzibarbuntbarsch swims");
    go("ui/search?q=ZanzibarBuntbarsch");
    await(
        d ->
            text(".ll-hit mark").toLowerCase(java.util.Locale.ROOT).contains("zanzibarbuntbarsch"));
    find(".ll-hit a").click();
    await(d -> currentUrl().contains("run/search-1"));
  }

  @Test
  void everyPageHasALightAndADarkSideAndFitsANarrowWindow() throws Exception {
    for (String page : new String[] {"ui/runs", "ui/search?q=finch", "ui/system"}) {
      go(page);
      await(d -> !text("h1").isEmpty());
      Object light =
          js(
              "document.documentElement.dataset.scheme='light'; return getComputedStyle(document.body).backgroundColor");
      Object dark =
          js(
              "document.documentElement.dataset.scheme='dark'; return getComputedStyle(document.body).backgroundColor");
      assertNotNull(light);
      assertFalse(light.equals(dark), page + " looks the same in light and dark");
    }
    driver().manage().window().setSize(new org.openqa.selenium.Dimension(420, 800));
    go("ui/runs");
    await(d -> !text("h1").isEmpty());
    Long wider = (Long) js("return document.documentElement.scrollWidth - innerWidth");
    driver().manage().window().setSize(new org.openqa.selenium.Dimension(1400, 1000));
    assertTrue(
        wider != null && wider <= 0, "the page is " + wider + " pixels wider than the window");
  }

  @Test
  void keysLeadToSearchHelpAndAlongTheTimeline() throws Exception {
    send("keys-1", "wren", "TextOutput\",\"role\":\"user\",\"content\":\"look around");
    for (int i = 3; i < 9; i += 2) {
      post(
          event("keys-1", "wren", i, "ToolCall\",\"function_name\":\"look\",\"args\":{},\"x\":\""));
      post(
          event(
              "keys-1",
              "wren",
              i + 1,
              "ToolResult\",\"function_name\":\"look\",\"text_result\":\"ok"));
    }
    go("ui/run/keys-1");
    await(
        d ->
            Long.valueOf(3)
                .equals(js("return document.querySelector('ledgerline-timeline').stepCount")));
    js("window.whole = document.querySelector('ledgerline-timeline').visibleSpan");
    find("body").sendKeys("w");
    await(
        d ->
            Boolean.TRUE.equals(
                js(
                    "return document.querySelector('ledgerline-timeline').visibleSpan < window.whole")));
    find("body").sendKeys("?");
    await(d -> text(".ll-help[data-open]").contains("next error"));
    find("body").sendKeys(Keys.ESCAPE);
    await(d -> text(".ll-help[data-open]").isEmpty());
    find("body").sendKeys("t");
    await(d -> currentUrl().contains("event=1"));
    find("body").sendKeys("/");
    await(
        d -> Boolean.TRUE.equals(js("return document.activeElement.closest('.ll-find') !== null")));
    driver().switchTo().activeElement().sendKeys("around", Keys.ENTER);
    await(d -> text(".ll-hit").contains("look around"));
  }

  @Test
  void anEmptyServerShowsHowToSendSomethingAndTheFirstRunTakesItsPlace(@TempDir Path empty)
      throws Exception {
    try (TestServer fresh = new TestServer(empty)) {
      fresh.awaitReady();
      driver().get(fresh.url() + "ui/");
      await(d -> text(".ll-ways").contains(fresh.url() + "v1/events"));
      assertTrue(text(".ll-ways").contains("codex exec --json"));
      fresh.post("v1/events", "application/x-ndjson", event("first-1", "a", 1, "RunStarted"));
      await(d -> text("vaadin-grid").contains("first-1"));
      driver().get("about:blank");
    }
  }

  @Test
  void theLedgerBalancesAndQuarantineSaysWhy() throws Exception {
    post("{\"no\":\"type\",\"run_id\":\"q-1\",\"agent\":\"a\",\"id\":1}");
    go("ui/system");
    await(d -> text("table").contains("received"));
    await(
        d ->
            driver().findElement(By.tagName("body")).getText().contains("unknown_dialect")
                || driver().findElement(By.tagName("body")).getText().contains("missing_field"));
    TestServer to = server;
    assertNotNull(to);
    Object replay = js("return document.querySelector('details').textContent");
    assertTrue(
        String.valueOf(replay).contains("curl -X POST " + to.url() + "v1/quarantine/"),
        "not an address to copy: " + replay);
  }

  private static void send(String run, String agent, String second) throws Exception {
    post(event(run, agent, 1, "RunStarted") + "\n" + event(run, agent, 2, second));
  }

  /** {@code rest} goes on from the value of type, without the last quote. */
  private static String event(String run, String agent, int id, String rest) {
    return "{\"id\":"
        + id
        + ",\"run_id\":\""
        + run
        + "\",\"agent\":\""
        + agent
        + "\",\"depth\":0,\"type\":\""
        + rest
        + "\"}";
  }

  private static void post(String ndjson) throws Exception {
    TestServer to = server;
    assertNotNull(to);
    var answer = to.post("v1/events", "application/x-ndjson", ndjson);
    assertTrue(answer.statusCode() < 300, answer.body());
    // What a page shows when it opens is what was visible then.
    String position = new ObjectMapper().readTree(answer.body()).path("position").asText();
    assertEquals(200, to.get("v1/runs?limit=1&after_position=" + position).statusCode());
  }

  private static void go(String page) {
    TestServer to = server;
    assertNotNull(to);
    driver().get(to.url() + page);
  }

  private static WebDriver driver() {
    WebDriver driver = browser;
    if (driver == null) {
      throw new IllegalStateException("no browser");
    }
    return driver;
  }

  private static String currentUrl() {
    return String.valueOf(driver().getCurrentUrl());
  }

  private static WebElement find(String css) {
    await(d -> !d.findElements(By.cssSelector(css)).isEmpty());
    return driver().findElement(By.cssSelector(css));
  }

  private static String text(String css) {
    Object text =
        js(
            "return [...document.querySelectorAll("
                + quoted(css)
                + ")].map(e => e.innerText ?? e.textContent).join(' ')");
    return text == null ? "" : text.toString();
  }

  private static String quoted(String css) {
    return "'" + css.replace("'", "\\'") + "'";
  }

  private static @Nullable Object js(String script) {
    return ((JavascriptExecutor) driver()).executeScript(script);
  }

  private static void await(ExpectedCondition<Boolean> condition) {
    new WebDriverWait(driver(), Duration.ofSeconds(15))
        .ignoring(RuntimeException.class)
        .until(condition);
  }
}
