// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoryPlayerTest {
  private static final double AT_ONCE = 1_000_000;
  private static final Story STORY = Stories.all().getFirst();

  /** Stands still long after the start: every moment has come. */
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z"));

  @Test
  void everyMomentIsPostedOnceInOrder() throws Exception {
    try (ListeningServer server = new ListeningServer();
        StoryPlayer player = new StoryPlayer(server.base(), null, AT_ONCE, CLOCK)) {
      player.play(STORY, 3);

      List<JsonNode> told = new ArrayList<>();
      int offset = 0;
      for (ListeningServer.Request request : server.requests()) {
        assertEquals("/v1/events", request.path());
        assertEquals("application/x-ndjson", request.headers().getFirst("Content-Type"));
        assertEquals("demo", request.headers().getFirst("Ledgerline-Source"));
        assertEquals(offset + "", request.headers().getFirst("Ledgerline-Offset"));
        List<JsonNode> events = ListeningServer.events(request);
        offset += events.size();
        told.addAll(events);
      }
      List<JsonNode> expected = new ArrayList<>();
      for (Moment moment : STORY.told(3, CLOCK.instant(), AT_ONCE)) {
        expected.add(Narrator.JSON.readTree(moment.record()));
      }
      assertEquals(expected, told);
    }
  }

  @Test
  void whatWasNotTakenIsSentAgainTheSameBytesInTheSamePlace() throws Exception {
    try (ListeningServer server = new ListeningServer(503, ListeningServer.NO_ANSWER, 429);
        StoryPlayer player = new StoryPlayer(server.base(), "key-1", AT_ONCE, CLOCK)) {
      player.play(STORY, 3);

      ListeningServer.Request first = server.requests().getFirst();
      for (ListeningServer.Request again : server.requests().subList(1, 4)) {
        assertEquals(first.body(), again.body());
        for (String header : List.of("Ledgerline-Stream", "Ledgerline-Offset", "Authorization")) {
          assertEquals(first.headers().getFirst(header), again.headers().getFirst(header));
        }
      }
      assertEquals("Bearer key-1", first.headers().getFirst("Authorization"));
    }
  }

  @Test
  void aRefusalIsNotArguedWith() throws Exception {
    try (ListeningServer server = new ListeningServer(401);
        StoryPlayer player = new StoryPlayer(server.base(), null, AT_ONCE, CLOCK)) {
      IOException refused = assertThrows(IOException.class, () -> player.play(STORY, 3));

      assertTrue(String.valueOf(refused.getMessage()).contains("401"));
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void momentsAreSentWhenTheyHappen() throws Exception {
    try (ListeningServer server = new ListeningServer();
        StoryPlayer player = new StoryPlayer(server.base(), null, 200, InstantSource.system())) {
      Instant before = Instant.now();
      player.play(STORY, 3);

      assertTrue(server.requests().size() > 2, "not all at once");
      List<JsonNode> last = ListeningServer.events(server.requests().getLast());
      Instant end = Instant.parse(last.getLast().path("timestamp").asText());
      assertTrue(end.isAfter(before) && !end.isAfter(Instant.now().plusMillis(100)));
    }
  }
}
