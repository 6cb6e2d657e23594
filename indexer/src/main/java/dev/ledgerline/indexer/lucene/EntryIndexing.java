// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.indexer.lucene.Fields.OfName;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.indexer.lucene.Fields.OfTask;
import dev.ledgerline.indexer.lucene.RunEvents.Pointer;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunFold.Placed;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * What is done with each entry: counted in the ledger, its events placed by the folds of their runs
 * and written as documents. Owned by the indexer's thread; ends with the pair that it writes.
 */
final class EntryIndexing {
  /**
   * Text that one record may put into the index, in characters: a record that became many events is
   * found by each of them, and a large one by its first only.
   */
  private static final long MAX_TEXT = 16L << 20;

  /**
   * So many events are folded anew in one refresh whenever that is needed, so that a run of usual
   * size is right as soon as it is visible; runs beyond that wait their turn.
   */
  private static final long REFOLDED_AT_ONCE = 10_000;

  private final IndexPair pair;
  private final EventLog log;
  private final LiveRuns live;
  private final Ledger ledger;
  private final Quarantine quarantine;
  private final Twins twins = new Twins();
  private final ThreadAnswers answers = new ThreadAnswers();
  private final EventDocument document = new EventDocument();

  /** The ordinals of events that were added since the last refresh. */
  private final Map<LiveRun, List<Long>> unseen = new HashMap<>();

  /** Sees everything but what was added since the last refresh. */
  private View seen;

  private Position written;
  private boolean changed;

  EntryIndexing(IndexPair pair, EventLog log, LiveRuns live) throws IOException {
    this.pair = pair;
    this.log = log;
    this.live = live;
    this.ledger = Ledger.parse(pair.opened.ledger());
    this.quarantine = new Quarantine(pair.runs, ledger);
    this.written = pair.opened.position();
    live.clear();
    this.seen =
        new View(
            DirectoryReader.open(pair.events),
            DirectoryReader.open(pair.runs),
            written,
            ledger.lines());
    looksAt(seen);
  }

  Position written() {
    return written;
  }

  /** What is visible now. The caller opens it if it wants to keep it. */
  View seen() {
    return seen;
  }

  void skip(Position position) {
    written = position;
    changed = true;
  }

  void add(Position position, Entry entry) throws IOException {
    switch (entry) {
      case Entry.Recorded recorded -> {
        if (recorded.maybeOlderTwin() && twins.has(recorded.id())) {
          ledger.duplicates(recorded.source(), 1);
        } else {
          ledger.stored(recorded.source());
          events(position, recorded.events(), recorded.original());
        }
        twins.added(recorded.id());
      }
      case Entry.Concluded concluded -> events(position, concluded.events(), new byte[0]);
      case Entry.Refused refused -> quarantine.refused(refused, Ordinal.of(position, 0));
      case Entry.Repeated repeated -> ledger.duplicates(repeated.source(), repeated.records());
      case Entry.Replayed replayed -> quarantine.replayed(replayed);
    }
    skip(position);
  }

  private void events(Position position, List<Event> events, byte[] original) throws IOException {
    if (events.isEmpty()) {
      return;
    }
    EventText text = EventText.of(original);
    for (int n = 0; n < events.size() && n < Ordinal.MAX_EVENTS; n++) {
      Event event = events.get(n);
      if (event.scope().run() == null && event.kind() == Kind.LOG) {
        continue; // noise: it is in the log and in the ledger, and that is enough
      }
      event(event, Ordinal.of(position, n), texts(event, n, text));
    }
  }

  /** What the n-th event of a record is found by. */
  private static List<String> texts(Event event, int n, EventText text) {
    boolean whole = n == 0 || text.length() * (n + 1) <= MAX_TEXT;
    return whole ? text.with(event) : EventText.namesOf(event);
  }

  private void event(Event event, long ordinal, List<String> texts) throws IOException {
    if (event.scope().task() != null && Tasks.isAboutTask(event.fact())) {
      BytesRef task = Fields.term(event.scope().task());
      pair.runs.updateDocument(new Term(OfTask.ID, task), Tasks.document(task, ordinal));
      TaskNames.Name name = TaskNames.Name.of(event);
      if (name != null) {
        pair.runs.updateDocument(new Term(OfName.ID, name.id()), name.document(ordinal));
      }
    }
    String run = event.scope().run();
    if (run == null) {
      Placed placed = new Placed(flagsWithoutRun(event), null, null, 0);
      pair.events.addDocument(document.of(event, ordinal, null, 0, 0, placed, texts));
      return;
    }
    RunKey key = new RunKey(event.source(), run);
    if (event.fact() instanceof Fact.PartOf part) {
      join(key, new RunKey(event.source(), part.whole()), ordinal);
    }
    pair.events.addDocument(placedIn(run(key, ordinal), event, true, ordinal, texts));
    if (ThreadAnswers.isOne(event)) {
      answers.add(event, ordinal);
    }
  }

  /**
   * @param own whether the run said it, and it was not only told to it
   */
  private List<IndexableField> placedIn(
      LiveRun into, Event event, boolean own, long ordinal, List<String> texts) throws IOException {
    Placed placed = into.add(event);
    live.touched(into);
    unseen.computeIfAbsent(into, _ -> new ArrayList<>()).add(ordinal);
    List<IndexableField> indexed =
        document.of(event, ordinal, into.term, into.number, into.seq(), placed, texts);
    if (!into.ofAnAgent()) {
      indexed.add(new StringField(OfEvent.MARK, OfEvent.NO_RUN, Field.Store.NO));
    }
    if (!own) {
      twins.added(event.id());
    } else if (ThreadAnswers.isOne(event)) {
      indexed.add(new StringField(OfEvent.MARK, OfEvent.ANSWERS, Field.Store.NO));
    }
    return indexed;
  }

  /** A rule can be broken outside any run, where no fold flags it. */
  private static Set<Flag> flagsWithoutRun(Event event) {
    if (!(event.fact() instanceof Fact.RuleBroken)) {
      return event.flags();
    }
    Set<Flag> flags = EnumSet.of(Flag.ILLEGAL_TRANSITION);
    flags.addAll(event.flags());
    return flags;
  }

  private LiveRun run(RunKey key, long ordinal) throws IOException {
    LiveRun known = known(key);
    if (known != null) {
      return known;
    }
    LiveRun run = new LiveRun(key, ordinal, new RunFold(key), 0);
    live.put(run);
    return run;
  }

  private @Nullable LiveRun known(RunKey key) throws IOException {
    LiveRun kept = live.get(key);
    if (kept != null) {
      return kept;
    }
    BytesRef term = Fields.key(key);
    RunLookup.Found found = RunLookup.find(seen.runsReader(), OfRun.KEY, term);
    if (found == null) {
      found = RunLookup.find(seen.runsReader(), OfRun.UNSEEN_KEY, term);
    }
    if (found == null) {
      return null;
    }
    LiveRun byOtherName = live.numbered(found.number());
    RunSummary last = found.summary().run();
    LiveRun run = byOtherName == null ? foldedAgain(last.key(), found.number()) : byOtherName;
    run.continues(last.continuesRun());
    live.put(run);
    live.alsoKnownAs(key, run);
    return run;
  }

  /**
   * A run that turns out to be part of another one becomes one with it, at once: in which order
   * their events stand must not depend on when the index was refreshed.
   */
  private void join(RunKey told, RunKey whole, long ordinal) throws IOException {
    LiveRun part = known(told);
    if (part != null && part.keeps(told)) {
      return;
    }
    LiveRun into = told.equals(whole) ? part : run(whole, ordinal);
    if (into == null || into == part) {
      return;
    }
    if (part != null) {
      move(part, into);
    }
    live.alsoKnownAs(told, into);
  }

  /**
   * What a run of a thread answered is told to those that wait in it: it stands in both, once under
   * its own id and once under another.
   */
  private void answer() throws IOException {
    Set<ThreadAnswers.Talk> talks = new LinkedHashSet<>(answers.talks());
    for (LiveRun run : live.dirty()) {
      ThreadAnswers.Talk talk = run.waitsIn();
      if (talk != null) {
        talks.add(talk);
      }
    }
    for (ThreadAnswers.Talk talk : talks) {
      List<ThreadAnswers.Answer> given = answers.of(talk, seen, log);
      for (LiveRun waiting : given.isEmpty() ? List.<LiveRun>of() : waiting(talk)) {
        for (ThreadAnswers.Answer answer : given) {
          Event event = answer.event();
          Event told = asItStandsIn(waiting, event);
          if (!told.equals(event) && waiting.waitsFor(event) && !twins.has(told.id())) {
            pair.events.addDocument(placedIn(waiting, told, false, answer.ordinal(), List.of()));
            LiveRun goesOn = teller(event);
            if (goesOn != null) {
              goesOn.continues(waiting.id());
              live.touched(goesOn);
            }
          }
        }
      }
    }
    answers.clear();
  }

  private Set<LiveRun> waiting(ThreadAnswers.Talk talk) throws IOException {
    Set<LiveRun> waiting = new LinkedHashSet<>();
    for (RunKey key : ThreadAnswers.waiting(talk, seen)) {
      LiveRun run = known(key);
      if (run != null) {
        waiting.add(run);
      }
    }
    for (LiveRun run : live.dirty()) {
      if (talk.equals(run.waitsIn())) {
        waiting.add(run);
      }
    }
    return waiting;
  }

  /** Whether it was told by that run, and not only to it. */
  private boolean isOf(LiveRun run, Event event) throws IOException {
    return event.scope().run() == null || teller(event) == run;
  }

  private @Nullable LiveRun teller(Event event) throws IOException {
    String id = event.scope().run();
    return id == null ? null : known(new RunKey(event.source(), id));
  }

  /** What another run said has an id of its own in each run that it is told to. */
  private Event asItStandsIn(LiveRun run, Event event) throws IOException {
    return ThreadAnswers.isOne(event) && !isOf(run, event) ? asToldTo(run, event) : event;
  }

  private static Event asToldTo(LiveRun run, Event event) {
    return new Event(
        EventId.named(event.id().toString(), "told to", run.key.run()),
        event.source(),
        event.dialect(),
        event.nativeType(),
        event.nativeId(),
        event.scope(),
        event.occurredAt(),
        event.observedAt(),
        event.timeQuality(),
        event.order(),
        event.fact(),
        event.flags(),
        event.summary());
  }

  private void move(LiveRun part, LiveRun whole) throws IOException {
    try (ForwardEntries forward = new ForwardEntries(log)) {
      EntryReader entries = new EntryReader(forward::get);
      for (long ordinal : ordinals(part)) {
        Event event = entries.event(ordinal);
        Entry entry = entries.entry(Ordinal.position(ordinal));
        if (event != null && entry != null) {
          move(event, entry, ordinal, part, whole);
        }
      }
    }
    unseen.remove(part);
    pair.runs.deleteDocuments(new Term(OfRun.ID, part.term));
    live.joined(part, whole);
  }

  private void move(Event event, Entry entry, long ordinal, LiveRun part, LiveRun whole)
      throws IOException {
    Event stood = asItStandsIn(part, event);
    Term id = new Term(OfEvent.ID, Fields.id(stood.id()));
    if (stood.equals(event)) {
      EventText text = EventText.of(EntryReader.original(entry));
      List<String> texts = texts(event, Ordinal.event(ordinal), text);
      pair.events.updateDocument(id, placedIn(whole, event, true, ordinal, texts));
      return;
    }
    Event stands = asItStandsIn(whole, event);
    if (stands.equals(event) || twins.has(stands.id())) {
      pair.events.deleteDocuments(id); // the whole said it, or was told it too
    } else {
      pair.events.updateDocument(id, placedIn(whole, stands, false, ordinal, List.of()));
    }
  }

  /** Those of its events, by arrival. */
  private List<Long> ordinals(LiveRun run) throws IOException {
    List<Long> ordinals = new ArrayList<>();
    for (Pointer pointer : RunEvents.pointers(seen.eventsReader(), run.number, 0)) {
      ordinals.add(pointer.ordinal());
    }
    ordinals.addAll(unseen.getOrDefault(run, List.of()));
    return ordinals;
  }

  private LiveRun foldedAgain(RunKey key, long number) throws IOException {
    List<Pointer> pointers = RunEvents.pointers(seen.eventsReader(), number, 0);
    RunFold fold =
        RunEvents.extend(
            new RunFold(key), key, pointers, () -> pointers, log, RunEvents.Witness.NONE);
    long seq = pointers.isEmpty() ? 0 : pointers.getLast().seq();
    return new LiveRun(key, number, fold, seq);
  }

  /**
   * Makes everything that was added visible, summaries included.
   *
   * @return whether runs are left that should be folded anew later
   */
  boolean refresh() throws IOException {
    if (!changed) {
      return false;
    }
    boolean left = refold();
    answer();
    Map<RunKey, Long> bearers = new HashMap<>();
    for (LiveRun run : live.dirty()) {
      if (run.ofAnAgent()) {
        pair.runs.updateDocument(
            new Term(OfRun.ID, run.term),
            RunDocument.of(run.number, run.written(bearsItsName(run, bearers))));
      } else if (!run.otherKeys.isEmpty()) {
        pair.runs.updateDocument(
            new Term(OfRun.ID, run.term), RunDocument.unseen(run.number, run.written(true)));
      }
    }
    // Those that still wait to be folded anew come again.
    live.dirty().removeIf(run -> !run.outOfOrder());
    look();
    live.trim();
    left |= !live.dirty().isEmpty();
    changed = left;
    return left;
  }

  /** An id of the source is borne by the first run that has it. */
  private boolean bearsItsName(LiveRun run, Map<RunKey, Long> bearers) throws IOException {
    RunKey name = run.name();
    if (name == null) {
      return true;
    }
    Long bearer = bearers.get(name);
    if (bearer == null) {
      RunLookup.Found found = RunLookup.find(seen.runsReader(), OfRun.KEY, Fields.key(name));
      LiveRun kept = live.get(name); // what is found may be a part of that since
      bearer = found == null ? run.number : kept == null ? (Long) found.number() : kept.number;
      bearers.put(name, bearer);
    }
    return bearer == run.number;
  }

  private void look() throws IOException {
    DirectoryReader events = newer(seen.eventsReader());
    DirectoryReader runs;
    try {
      runs = newer(seen.runsReader());
    } catch (IOException | RuntimeException e) {
      events.decRef();
      throw e;
    }
    View old = seen;
    looksAt(new View(events, runs, written, ledger.lines()));
    old.release();
  }

  /** One reference for the caller. */
  private static DirectoryReader newer(DirectoryReader reader) throws IOException {
    DirectoryReader newer = DirectoryReader.openIfChanged(reader);
    if (newer != null) {
      return newer;
    }
    reader.incRef();
    return reader;
  }

  private void looksAt(View view) throws IOException {
    seen = view;
    unseen.clear();
    twins.refreshed(view.eventsReader());
    quarantine.refreshed(view.runsReader());
  }

  /** Folds runs in the order of the source that did not arrive in it. */
  private boolean refold() throws IOException {
    List<LiveRun> mixed = live.dirty().stream().filter(LiveRun::outOfOrder).toList();
    if (mixed.isEmpty()) {
      return false;
    }
    boolean left = false;
    boolean looked = false;
    long atOnce = REFOLDED_AT_ONCE;
    for (LiveRun run : mixed) {
      if (run.seq() <= atOnce) {
        atOnce -= run.seq();
      } else if (!run.mayRefold(System.nanoTime())) {
        left = true;
        continue;
      }
      if (!looked) {
        look();
        looked = true;
      }
      long start = System.nanoTime();
      List<Pointer> all = RunEvents.pointers(seen.eventsReader(), run.number, 0);
      RunFold fold = RunEvents.inSourceOrder(run.key, all, log, new Replacing(run));
      run.refolded(fold, start, System.nanoTime());
    }
    return left;
  }

  /** Writes what a new fold found out about events where the old one had it wrong. */
  private final class Replacing implements RunEvents.Witness {
    private final LiveRun run;

    Replacing(LiveRun run) {
      this.run = run;
    }

    @Override
    public void folded(Event event, Pointer pointer, Placed found) throws IOException {
      // The order of arrival decided where an event stands that tells no order itself.
      Placed placed = new Placed(found.flags(), found.stepId(), found.parentSeq(), pointer.order());
      BytesRef bytes = Placement.encode(placed);
      if (bytes.equals(pointer.placed())) {
        return;
      }
      Field to = new BinaryDocValuesField(OfEvent.PLACED, bytes);
      Field flags = new NumericDocValuesField(OfEvent.FLAGS, Placement.bits(placed.flags()));
      Term id = new Term(OfEvent.ID, Fields.id(asItStandsIn(run, event).id()));
      pair.events.updateDocValues(id, to, flags);
    }
  }

  void commit() throws IOException {
    pair.commit(written, ledger);
  }

  void close() {
    seen.release();
    live.clear();
  }
}
