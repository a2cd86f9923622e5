package org.rackweave.protocol.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.ProtocolLimits;

/**
 * The group keys of one node. For one thread.
 *
 * <p>Whoever owns it calls {@link #step} with each event, and with a {@link GroupEvent.Tick} when {@link #nextDeadline} has
 * come, and carries out the effects in their order.
 *
 * <pre>
 *             learned, and newer than        every alive neighbour has it or a
 *             the one in use                 newer one, or spreadMillis are over        previousMillis over
 *   unknown ───────────────────────► known ────────────────────────────► in use ─► believed ──────► gone
 *      └────────────────────────────────────────────────────────────────────────────► ▲
 *             learned, and older than the one in use: a neighbour still seals with it
 * </pre>
 *
 * A node seals with the one that is in use; it believes under all that are not gone, so that a neighbour that is one step ahead
 * or behind is heard. No node commands another: each judges by what its neighbours announce that they have.
 */
public final class GroupKeys {
    /** Neighbours whose marks and questions are remembered: as many as the membership remembers. */
    private static final int MAX_NEIGHBOURS = ProtocolLimits.MAX_NODES;

    /** Questions at a time: one that is not answered must not make a node deaf, and more are of no use. */
    private static final int MAX_QUESTIONS = 4;

    /** Questions a second to which a rack spreads what all its nodes want to know at once: as many as announcements. */
    private static final int QUESTIONS_PER_SECOND = 64;

    private static final long NEVER = Long.MAX_VALUE;
    private static final long NEVER_ASKED = Long.MIN_VALUE;

    private final NodeId self;
    private final GroupTiming timing;
    private final TreeMap<KeyMark, Held> held = new TreeMap<>();
    private final Map<NodeId, KeyMark> marks = new LinkedHashMap<>();
    private final Map<NodeId, Asked> asked = new LinkedHashMap<>();
    private final Map<NodeId, Question> open = new TreeMap<>();
    private final long quietUntilMillis;
    private KeyMark sending;
    private Set<NodeId> alive = Set.of();
    private long revocations;
    private long revocationsSinceMillis;
    private long unusedSinceMillis;
    private boolean isMaking;
    private boolean isOrdered;
    private Optional<NodeId> source = Optional.empty();
    private long askAtMillis = NEVER;
    private long unprovenAtMillis = Long.MIN_VALUE;
    private List<GroupEffect> effects = new ArrayList<>();

    /**
     * A key that this node has.
     *
     * @param bornMillis since when it exists, as far as this node knows
     * @param endsMillis when it is believed under no more
     */
    private record Held(MadeKey key, long bornMillis, long endsMillis) {
        Held endingAt(long millis) {
            return new Held(key, bornMillis, Math.min(endsMillis, millis));
        }
    }

    private enum Why {
        /** A neighbour announced a newer key, and signed it. */
        MARK,
        /** A datagram that nobody could open. */
        UNPROVEN
    }

    private record Question(Why why, long endsMillis) {}

    /**
     * A neighbour that was asked.
     *
     * @param gapMillis for which it is not asked again because of what proves nothing
     */
    private record Asked(long atMillis, long gapMillis) {}

    /**
     * The keys that a node starts with.
     *
     * @param kept as {@link GroupEffect.Keep} left them, or the one of the identity; at least one
     * @param ageMillis of the newest, by the wall clock; 0 when nobody knows, which it is also taken for beyond a period
     * @param revocations the number of the list of revocations that this node holds; 0 for none
     */
    public GroupKeys(
            NodeId self, GroupTiming timing, List<MadeKey> kept, long ageMillis, long revocations, long nowMillis) {
        this.self = Objects.requireNonNull(self);
        this.timing = timing;
        this.revocations = revocations;
        this.revocationsSinceMillis = nowMillis;
        this.unusedSinceMillis = nowMillis;
        this.quietUntilMillis = nowMillis + timing.quietMillis();
        this.sending = kept.get(0).mark();
        // More than a period says a clock that was not set, as soon as a rack that was switched off: both wait for the
        // next one.
        long bornMillis = ageMillis < 0 || ageMillis > timing.periodMillis() ? nowMillis : nowMillis - ageMillis;
        kept.forEach(key -> held.put(key.mark(), new Held(key, bornMillis, NEVER)));
        held.headMap(sending, false).clear();
    }

    /**
     * Takes an event and says what is to be done.
     *
     * @param nowMillis by a clock that only goes forward and counts while the machine sleeps
     */
    public List<GroupEffect> step(GroupEvent event, long nowMillis) {
        effects = new ArrayList<>();
        apply(event, nowMillis);
        forgetEnded(nowMillis);
        useNewest(nowMillis);
        askWhatIsDue(nowMillis);
        // The last: what comes of it is carried out at once, and must not be undone by what was decided before it.
        makeWhatIsDue(nowMillis);
        return List.copyOf(effects);
    }

    /** When the next {@link GroupEvent.Tick} is due, if any is. */
    public OptionalLong nextDeadline() {
        long next = Math.min(useAtMillis(), Math.min(dueAtMillis(), askAtMillis));
        for (Held each : held.values()) {
            next = Math.min(next, each.endsMillis());
        }
        for (Question each : open.values()) {
            next = Math.min(next, each.endsMillis());
        }
        return next == NEVER ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /** The newest key that this node has, as it announces it. */
    public KeyMark mark() {
        return held.lastKey();
    }

    /** What it seals with. */
    public MadeKey sending() {
        return Objects.requireNonNull(held.get(sending)).key();
    }

    /** Under which it believes, the oldest first. */
    public List<MadeKey> accepted() {
        return held.values().stream().map(Held::key).toList();
    }

    /**
     * What a member may be given: the key that this node seals with, and newer ones. None that was made under a list of revocations
     * that this node does not hold: it would not know to whom it must not give it.
     */
    public List<MadeKey> toGive() {
        return held.tailMap(sending, true).values().stream()
                .map(Held::key)
                .filter(key -> key.revocations() <= revocations)
                .toList();
    }

    /** Whether a newer key is known than the one in use: another is not made meanwhile because somebody orders it. */
    public boolean isRotating() {
        return !sending.equals(mark());
    }

    /** Which neighbours that are alive have not announced to have the newest key. */
    public List<NodeId> lacking() {
        return alive.stream().filter(node -> !has(node, mark())).sorted().toList();
    }

    /** For how long a key has existed, as far as this node knows. */
    public long ageMillis(MadeKey key, long nowMillis) {
        Held each = held.get(key.mark());
        return each == null ? 0 : nowMillis - each.bornMillis();
    }

    // ---- events --------------------------------------------------------------------------------

    private void apply(GroupEvent event, long nowMillis) {
        switch (event.kind()) {
            case RACK_CHANGED -> alive = ((GroupEvent.RackChanged) event).alive();
            case REVOCATIONS_HELD -> revocationsHeld(((GroupEvent.RevocationsHeld) event).number(), nowMillis);
            case MARK_HEARD -> markHeard((GroupEvent.MarkHeard) event, nowMillis);
            case OTHER_GROUP_HEARD -> otherGroupHeard(((GroupEvent.OtherGroupHeard) event).claimed(), nowMillis);
            case ANSWERED -> answered((GroupEvent.Answered) event, nowMillis);
            case MADE -> made(((GroupEvent.Made) event).key(), nowMillis);
            case ROTATION_ORDERED -> isOrdered = true;
            case TICK -> endQuestions(nowMillis);
        }
    }

    private void revocationsHeld(long number, long nowMillis) {
        if (number > revocations) {
            revocations = number;
            revocationsSinceMillis = nowMillis;
        }
    }

    private void markHeard(GroupEvent.MarkHeard heard, long nowMillis) {
        remember(marks, heard.node(), heard.mark());
        if (isWorthAsking(heard.node()) && askAtMillis == NEVER) {
            long spreadMillis = rank() * 1_000L / QUESTIONS_PER_SECOND;
            source = Optional.of(heard.node());
            askAtMillis = nowMillis + spreadMillis;
        } else if (isWorthAsking(heard.node())) {
            // The maker is asked by those that come first; by then others have it too.
            source = Optional.of(heard.node());
        }
    }

    private void otherGroupHeard(NodeId claimed, long nowMillis) {
        Asked before = asked.getOrDefault(claimed, new Asked(Long.MIN_VALUE, 0));
        if (nowMillis < unprovenAtMillis || nowMillis < before.atMillis() + before.gapMillis() || !mayAsk(claimed)) {
            return;
        }
        unprovenAtMillis = nowMillis + timing.askGapMillis();
        ask(claimed, Why.UNPROVEN, nowMillis);
    }

    private void answered(GroupEvent.Answered answered, long nowMillis) {
        boolean isFruitful = false;
        for (MadeKey key : answered.keys()) {
            isFruitful |= learn(key, nowMillis);
        }
        Question question = open.remove(answered.node());
        if (isFruitful) {
            asked.remove(answered.node());
            keepAndUse();
        } else if (question != null && question.why() == Why.UNPROVEN) {
            ledToNothing(answered.node());
        }
    }

    /**
     * It was a lie or a recording, or the node is not where it was: it is asked later the next time. Only it: whoever sends such
     * datagrams in one neighbour's name keeps no key from this node that another has.
     */
    private void ledToNothing(NodeId node) {
        asked.computeIfPresent(
                node,
                (unused, before) ->
                        new Asked(before.atMillis(), Math.min(2 * before.gapMillis(), timing.maxAskGapMillis())));
        effects.add(new GroupEffect.Deaf());
    }

    private void endQuestions(long nowMillis) {
        List<NodeId> ended = open.entrySet().stream()
                .filter(each -> nowMillis >= each.getValue().endsMillis())
                .map(Map.Entry::getKey)
                .toList();
        for (NodeId node : ended) {
            answered(new GroupEvent.Answered(node, List.of()), nowMillis);
        }
    }

    private void made(MadeKey key, long nowMillis) {
        isMaking = false;
        if (learn(key, nowMillis)) {
            keepAndUse();
            effects.add(new GroupEffect.Tell(
                    "group.made", "made group key " + key.key().id() + ", and tells its neighbours"));
        }
    }

    // ---- keys ----------------------------------------------------------------------------------

    /** Whether it was new here. Of a key under a list that is not held here, nobody could say who must not get it. */
    private boolean learn(MadeKey key, long nowMillis) {
        KeyMark mark = key.mark();
        if (held.containsKey(mark) || key.revocations() > revocations) {
            return false;
        }
        if (!isRotating() && mark.isNewerThan(sending)) {
            unusedSinceMillis = nowMillis;
        }
        long endsMillis = mark.isNewerThan(sending) ? NEVER : nowMillis + timing.previousMillis();
        held.put(mark, new Held(key, nowMillis, endsMillis));
        makeRoom();
        return held.containsKey(mark);
    }

    /** The oldest goes, but never the one in use. */
    private void makeRoom() {
        Iterator<KeyMark> oldestFirst = List.copyOf(held.keySet()).iterator();
        while (held.size() > MadeKey.MAX_KEYS) {
            KeyMark oldest = oldestFirst.next();
            if (!oldest.equals(sending)) {
                held.remove(oldest);
            }
        }
    }

    private void forgetEnded(long nowMillis) {
        if (held.values().removeIf(each -> nowMillis >= each.endsMillis())) {
            effects.add(new GroupEffect.Use(sending(), accepted()));
        }
    }

    private void useNewest(long nowMillis) {
        if (!isRotating() || (!allHaveNewest() && nowMillis < useAtMillis())) {
            return;
        }
        sending = mark();
        held.headMap(sending, false).replaceAll((mark, each) -> each.endingAt(nowMillis + timing.previousMillis()));
        List<NodeId> lacking = lacking();
        effects.add(new GroupEffect.Tell(
                "group.used",
                "seals with group key " + sending().key().id() + " from now on"
                        + (lacking.isEmpty() ? "" : "; " + lacking.size() + " neighbours have not said to have it")));
        keepAndUse();
    }

    private boolean allHaveNewest() {
        return !alive.isEmpty() && lacking().isEmpty();
    }

    private long useAtMillis() {
        return isRotating() ? unusedSinceMillis + timing.spreadMillis() : NEVER;
    }

    private void keepAndUse() {
        effects.add(new GroupEffect.Keep(
                held.tailMap(sending, true).values().stream().map(Held::key).toList()));
        effects.add(new GroupEffect.Use(sending(), accepted()));
    }

    // ---- making --------------------------------------------------------------------------------

    private void makeWhatIsDue(long nowMillis) {
        if (isOrdered || nowMillis >= dueAtMillis()) {
            isOrdered = false;
            make();
        }
    }

    private void make() {
        if (!isMaking && nextNumber().isPresent()) {
            isMaking = true;
            effects.add(new GroupEffect.Make(revocations, nextNumber().getAsLong()));
        }
    }

    /**
     * The node with the lowest id of those that are alive makes it, and each next one a turn later, should those before it be alive
     * and do nothing.
     */
    private long dueAtMillis() {
        long sinceMillis = isMaking || nextNumber().isEmpty() ? NEVER : dueSinceMillis();
        return sinceMillis == NEVER ? NEVER : Math.max(sinceMillis, quietUntilMillis) + rank() * timing.turnMillis();
    }

    private long dueSinceMillis() {
        if (mark().revocations() < revocations) {
            return revocationsSinceMillis;
        }
        if (isRotating()) {
            return NEVER;
        }
        // What would make a neighbour deaf that knows nothing of rotations is put off; but nobody can stop it.
        int periods = alive.stream().anyMatch(this::takesNoPart) ? 2 : 1;
        return Objects.requireNonNull(held.get(mark())).bornMillis() + periods * timing.periodMillis();
    }

    private boolean takesNoPart(NodeId node) {
        return KeyMark.NONE.equals(marks.getOrDefault(node, KeyMark.NONE));
    }

    /** Empty when a member has used up all numbers: then only a new list of revocations, on which it stands, begins anew. */
    private OptionalLong nextNumber() {
        if (mark().number() < GroupKey.LAST_NUMBER) {
            return OptionalLong.of(mark().number() + 1);
        }
        return mark().revocations() < revocations ? OptionalLong.of(GroupKey.FIRST_NUMBER) : OptionalLong.empty();
    }

    private int rank() {
        return (int) alive.stream().filter(node -> node.compareTo(self) < 0).count();
    }

    // ---- asking --------------------------------------------------------------------------------

    private boolean has(NodeId node, KeyMark wanted) {
        return !wanted.isNewerThan(marks.getOrDefault(node, KeyMark.NONE));
    }

    private boolean isWorthAsking(NodeId node) {
        KeyMark theirs = marks.getOrDefault(node, KeyMark.NONE);
        return theirs.isNewerThan(mark()) && theirs.revocations() <= revocations;
    }

    private void askWhatIsDue(long nowMillis) {
        if (nowMillis < askAtMillis) {
            return;
        }
        askAtMillis = NEVER;
        // Who was not asked for the longest time: whoever announces much and gives nothing keeps nobody from asking the
        // others.
        marks.keySet().stream()
                .filter(this::isWorthAsking)
                .filter(this::mayAsk)
                .filter(node ->
                        askedAtMillis(node) == NEVER_ASKED || nowMillis >= askedAtMillis(node) + timing.askGapMillis())
                .min(Comparator.comparingLong(this::askedAtMillis)
                        .thenComparing(node -> source.filter(node::equals).isEmpty())
                        .thenComparing(Comparator.naturalOrder()))
                .ifPresent(node -> ask(node, Why.MARK, nowMillis));
    }

    private long askedAtMillis(NodeId node) {
        Asked before = asked.get(node);
        return before == null ? NEVER_ASKED : before.atMillis();
    }

    private boolean mayAsk(NodeId node) {
        return !open.containsKey(node) && open.size() < MAX_QUESTIONS;
    }

    private void ask(NodeId node, Why why, long nowMillis) {
        open.put(node, new Question(why, nowMillis + timing.askTimeoutMillis()));
        long gapMillis = asked.getOrDefault(node, new Asked(nowMillis, timing.askGapMillis()))
                .gapMillis();
        remember(asked, node, new Asked(nowMillis, gapMillis));
        effects.add(new GroupEffect.Ask(node));
    }

    private static <T> void remember(Map<NodeId, T> of, NodeId node, T value) {
        of.remove(node);
        of.put(node, value);
        if (of.size() > MAX_NEIGHBOURS) {
            of.remove(of.keySet().iterator().next());
        }
    }
}
