package org.rackweave.protocol.membership;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.NeighbourMessage;
import org.rackweave.protocol.multicast.NeighbourMessage.Sender;
import org.rackweave.protocol.multicast.Offering;
import org.rackweave.protocol.multicast.ProtocolLimits;

/**
 * The membership of one node: what it believes of its neighbours ({@link Liveness}) and when it has to speak. For one
 * thread.
 *
 * <p>Whoever owns it calls {@link #step} with each event, and with a {@link MembershipEvent.Tick} when {@link
 * #nextDeadline} has come, and carries out the effects in their order. Time is that of a clock that only goes forward
 * and counts while the machine sleeps.
 *
 * <p>When the table is full, a newcomer takes the place of the neighbour that has been dead, gone or banned for
 * longest; when all are still there, it is ignored and counted.
 */
public final class Membership {
    private static final int PROBES_PER_PERIOD = 4;

    private final NodeId self;
    private final MembershipTiming timing;
    private final Jitter jitter;
    private final OwnSchedule own;
    // Ordered, so that the same events give the same effects in the same order.
    private final TreeMap<NodeId, Entry> entries = new TreeMap<>();
    private final Set<NodeId> banned = new HashSet<>();
    private final Map<MembershipCounter, Long> counters = new EnumMap<>(MembershipCounter.class);
    // Not later than what is due first for any entry. Most messages only move one neighbour's silence into the future;
    // without
    // this, a rack of hundreds would be looked through at each of them.
    private long scanAtMillis = Entry.NEVER;
    private boolean probesWait;
    private int heard;
    private long generation;
    private long newestMillis = Long.MIN_VALUE;
    private Stage stage = Stage.NEW;

    /** Where this node itself is in its life. */
    private enum Stage {
        NEW,
        STARTED,
        GONE
    }

    /**
     * A membership that knows nobody.
     *
     * @param self this node
     * @param timing its timers
     * @param offering what it has to say at first
     * @param jitter its randomness
     */
    public Membership(NodeId self, MembershipTiming timing, Offering offering, Jitter jitter) {
        this.self = Objects.requireNonNull(self);
        this.timing = Objects.requireNonNull(timing);
        this.jitter = Objects.requireNonNull(jitter);
        this.own = new OwnSchedule(timing, jitter, Objects.requireNonNull(offering));
        for (MembershipCounter counter : MembershipCounter.values()) {
            counters.put(counter, 0L);
        }
    }

    /**
     * Takes an event and says what is to be done.
     *
     * @param nowMillis not before that of any earlier step
     */
    public List<MembershipEffect> step(MembershipEvent event, long nowMillis) {
        if (nowMillis < newestMillis) {
            throw new IllegalArgumentException("time went back from " + newestMillis + " to " + nowMillis);
        }
        newestMillis = nowMillis;
        if (stage == Stage.GONE) {
            return List.of();
        }
        List<MembershipEffect> effects = new ArrayList<>();
        forgiveOwnDelay(nowMillis);
        apply(event, nowMillis, effects);
        if (stage != Stage.GONE) {
            if (nowMillis >= scanAtMillis || probesWait) {
                scan(nowMillis, effects);
            }
            own.carryOutDue(heardNodes(), nowMillis, effects);
        }
        return List.copyOf(effects);
    }

    /** When the next {@link MembershipEvent.Tick} is due, if any is. */
    public OptionalLong nextDeadline() {
        long next = stage == Stage.GONE ? Entry.NEVER : Math.min(own.nextDeadlineMillis(), scanAtMillis);
        return next == Entry.NEVER ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /** The rack as it is believed to be at {@code nowMillis}. */
    public RackView view(long nowMillis) {
        return new RackView(
                generation,
                entries.values().stream()
                        .map(entry -> entry.snapshot(nowMillis))
                        .toList());
    }

    /** The version of what this node announces. */
    public long ownVersion() {
        return own.version();
    }

    /** What this node announces. */
    public Offering ownOffering() {
        return own.offering();
    }

    /** All counters, since the start. */
    public Map<MembershipCounter, Long> counters() {
        return new EnumMap<>(counters);
    }

    // ---- events ------------------------------------------------------------------------

    private void apply(MembershipEvent event, long nowMillis, List<MembershipEffect> effects) {
        switch (event.kind()) {
            case STARTED -> start(nowMillis);
            case HEARD -> heard(((MembershipEvent.Heard) event).message(), nowMillis, effects);
            case PROBE_ANSWERED -> probeAnswered((MembershipEvent.ProbeAnswered) event, nowMillis, effects);
            case PROBE_FAILED ->
                Optional.ofNullable(entries.get(((MembershipEvent.ProbeFailed) event).node()))
                        .filter(Entry::isProbing)
                        .ifPresent(entry -> probeFailed(entry, nowMillis));
            case OFFERING_CHANGED -> own.offer(((MembershipEvent.OfferingChanged) event).offering(), nowMillis);
            case REVOKED -> revoke(((MembershipEvent.Revoked) event).node(), nowMillis, effects);
            case DEAF -> own.ask(Hello.Seal.ENTRY, heardNodes(), nowMillis);
            case LEAVING -> {
                own.leave(((MembershipEvent.Leaving) event).reason(), effects);
                stage = Stage.GONE;
            }
            case TICK -> {}
        }
    }

    private void start(long nowMillis) {
        if (stage != Stage.NEW) {
            throw new IllegalStateException("a membership starts once");
        }
        stage = Stage.STARTED;
        own.start(nowMillis);
    }

    private void heard(NeighbourMessage message, long nowMillis, List<MembershipEffect> effects) {
        switch (message.kind()) {
            case HELLO -> heardHello((NeighbourMessage.HelloHeard) message, nowMillis, effects);
            case ANNOUNCE -> heardAnnounce((NeighbourMessage.AnnounceHeard) message, nowMillis, effects);
            case LEAVE -> heardLeave((NeighbourMessage.LeaveHeard) message, nowMillis, effects);
            case STRANGER -> own.ask(Hello.Seal.GROUP, heardNodes(), nowMillis);
            // First the sender is asked over DTLS, by whoever keeps the keys: that needs no hellos of everybody.
            case OTHER_GROUP -> {}
        }
    }

    private void heardHello(NeighbourMessage.HelloHeard message, long nowMillis, List<MembershipEffect> effects) {
        Sender sender = message.sender();
        Endpoint endpoint = new Endpoint(sender.address(), message.hello().coapPort());
        if (signOfLife(sender, endpoint, nowMillis, effects).isPresent()
                && message.hello().purpose() == Hello.Purpose.ASK) {
            own.answer(message.seal(), heardNodes(), nowMillis);
        }
    }

    private void heardAnnounce(NeighbourMessage.AnnounceHeard message, long nowMillis, List<MembershipEffect> effects) {
        Sender sender = message.sender();
        Endpoint endpoint = new Endpoint(sender.address(), message.announce().coapPort());
        signOfLife(sender, endpoint, nowMillis, effects).ifPresent(entry -> {
            Neighbour before = entry.snapshot(nowMillis);
            entry.learn(message.announce());
            lookAgainAt(entry);
            if (!before.equals(entry.snapshot(nowMillis))) {
                generation++;
            }
        });
    }

    private void heardLeave(NeighbourMessage.LeaveHeard message, long nowMillis, List<MembershipEffect> effects) {
        Sender sender = message.sender();
        Optional<Entry> known = Optional.ofNullable(entries.get(sender.node()));
        if (known.isEmpty() || isIgnored(sender)) {
            return;
        }
        Entry entry = known.get();
        if (sender.bootEpoch() > entry.bootEpoch()) {
            entry.beginIncarnation(sender.bootEpoch());
        }
        entry.hear(sender, nowMillis);
        entry.cancelProbe();
        if (entry.liveness() != Liveness.LEFT) {
            change(entry, Liveness.LEFT, ChangeReason.SAID_GOODBYE, nowMillis, effects);
        }
        lookAgainAt(entry);
    }

    /** Takes a hello or an announcement as proof that somebody with the neighbour's boot key spoke just now. */
    private Optional<Entry> signOfLife(
            Sender sender, Endpoint endpoint, long nowMillis, List<MembershipEffect> effects) {
        if (isIgnored(sender)) {
            return Optional.empty();
        }
        if (!entries.containsKey(sender.node())) {
            return admit(sender, endpoint, nowMillis, effects);
        }
        Entry entry = Objects.requireNonNull(entries.get(sender.node()));
        if (sender.bootEpoch() > entry.bootEpoch()) {
            entry.beginIncarnation(sender.bootEpoch());
            unconfirm(entry, ChangeReason.RESTARTED, nowMillis, effects);
        }
        entry.hear(sender, nowMillis);
        if (!entry.endpoint().equals(endpoint)) {
            entry.moveTo(endpoint);
            generation++;
        }
        welcome(entry, nowMillis, effects);
        lookAgainAt(entry);
        return Optional.of(entry);
    }

    private boolean isIgnored(Sender sender) {
        if (banned.contains(sender.node())) {
            count(MembershipCounter.MEMBERSHIP_BANNED_IGNORED, 1);
            return true;
        }
        Entry entry = entries.get(sender.node());
        if (sender.node().equals(self) || (entry != null && entry.isOlderThanKnown(sender))) {
            count(MembershipCounter.MEMBERSHIP_STALE_IGNORED, 1);
            return true;
        }
        return false;
    }

    private Optional<Entry> admit(Sender sender, Endpoint endpoint, long nowMillis, List<MembershipEffect> effects) {
        if (entries.size() >= ProtocolLimits.MAX_NODES && !displace(nowMillis, effects)) {
            count(MembershipCounter.MEMBERSHIP_TABLE_FULL, 1);
            return Optional.empty();
        }
        Entry entry = new Entry(sender, endpoint, timing.periodMillis(heardNodes()), nowMillis);
        entries.put(entry.node(), entry);
        own.newcomerHeard();
        unconfirm(entry, ChangeReason.FIRST_HEARD, nowMillis, effects);
        lookAgainAt(entry);
        return Optional.of(entry);
    }

    private void welcome(Entry entry, long nowMillis, List<MembershipEffect> effects) {
        switch (entry.liveness()) {
            case SUSPECT -> {
                entry.cancelProbe();
                change(entry, Liveness.ALIVE, ChangeReason.HEARD_AGAIN, nowMillis, effects);
            }
            case ALIVE -> entry.cancelProbe();
            case DEAD, LEFT -> unconfirm(entry, ChangeReason.RETURNED, nowMillis, effects);
            case UNKNOWN, UNCONFIRMED, BANNED -> {}
        }
    }

    private void unconfirm(Entry entry, ChangeReason reason, long nowMillis, List<MembershipEffect> effects) {
        if (entry.liveness() == Liveness.UNCONFIRMED) {
            generation++;
        } else {
            change(entry, Liveness.UNCONFIRMED, reason, nowMillis, effects);
        }
        // A newcomer is heard by all at once. Spread, its card sees as many handshakes a second as announcements.
        long spreadMillis = heardNodes() * 1_000L / timing.maxAnnouncementsPerSecond();
        entry.planProbe(nowMillis + jitter.upTo(spreadMillis));
    }

    // ---- probes ------------------------------------------------------------------------

    private void probeAnswered(MembershipEvent.ProbeAnswered event, long nowMillis, List<MembershipEffect> effects) {
        Optional<Entry> asked = Optional.ofNullable(entries.get(event.node())).filter(Entry::wasAsked);
        if (asked.isEmpty()) {
            return;
        }
        Entry entry = asked.get();
        if (event.bootEpoch() != entry.bootEpoch()) {
            // It lives, but not in the incarnation that was heard. Its own hello will say which it is.
            probeFailed(entry, nowMillis);
            return;
        }
        Liveness before = entry.liveness();
        entry.probeAnswered(nowMillis);
        if (before != Liveness.ALIVE) {
            change(entry, Liveness.ALIVE, ChangeReason.PROBE_ANSWERED, nowMillis, effects);
        }
        lookAgainAt(entry);
    }

    private void probeFailed(Entry entry, long nowMillis) {
        long endsMillis = entry.probeEndsMillis();
        entry.probeFailed();
        count(MembershipCounter.MEMBERSHIP_PROBES_FAILED, 1);
        long periodMillis = entry.periodMillis();
        if (entry.liveness() == Liveness.UNCONFIRMED) {
            long backOffMillis = periodMillis << Math.min(entry.probeFailures() - 1, 16);
            entry.planProbe(nowMillis + Math.min(backOffMillis, timing.probeRetryMaxMillis()));
        } else {
            // Not at once, even when the failure came at once: a refusing host must not be asked in a loop.
            entry.planProbe(Math.max(nowMillis + 1, endsMillis));
        }
        lookAgainAt(entry);
    }

    private void launchProbes(long nowMillis, List<MembershipEffect> effects) {
        long inFlight = entries.values().stream().filter(Entry::isProbing).count();
        List<Entry> due = entries.values().stream()
                .filter(entry -> entry.isProbeDue(nowMillis))
                // Suspects first: they have a deadline, newcomers have not.
                .sorted(Comparator.comparing((Entry entry) -> entry.liveness() != Liveness.SUSPECT)
                        .thenComparingLong(Entry::probeDueMillis))
                .toList();
        long free = Math.min(due.size(), Math.max(0, ProtocolLimits.MAX_PROBES_IN_FLIGHT - inFlight));
        probesWait = free < due.size();
        for (Entry entry : due.subList(0, (int) free)) {
            long withinMillis = patienceMillis(entry);
            entry.probeSent(nowMillis + withinMillis);
            count(MembershipCounter.MEMBERSHIP_PROBES, 1);
            effects.add(new MembershipEffect.Probe(entry.node(), entry.endpoint(), withinMillis));
        }
    }

    /**
     * A newcomer's handshake may take its time. A suspect has a period between suspicion and death: room for four
     * questions, as at 10 % loss one question in five goes unanswered, but only one of seven hundred fours.
     */
    private long patienceMillis(Entry entry) {
        return entry.liveness() == Liveness.UNCONFIRMED
                ? timing.probeTimeoutMillis()
                : Math.max(1, entry.periodMillis() / PROBES_PER_PERIOD);
    }

    // ---- time --------------------------------------------------------------------------

    private void forgiveOwnDelay(long nowMillis) {
        OptionalLong deadline = nextDeadline();
        if (deadline.isEmpty() || nowMillis <= deadline.getAsLong()) {
            return;
        }
        long delayMillis = nowMillis - deadline.getAsLong();
        count(MembershipCounter.MEMBERSHIP_OWN_DELAY_MILLIS, delayMillis);
        for (Entry entry : entries.values()) {
            entry.forgive(delayMillis, nowMillis);
        }
    }

    /**
     * Half a period before suspicion a neighbour is asked quietly. One announcement that was lost does not come to
     * that; two do, and at 10 % loss that is once in a hundred periods: without the question, matching would see half
     * the rack flap. It also keeps a neighbour alive whom only unicast reaches.
     */
    private long quietProbeAtMillis(Entry entry) {
        return entry.isProbePlannedOrSent()
                ? Entry.NEVER
                : entry.silentAtMillis(timing.suspectAfterPeriods()) - entry.periodMillis() / 2;
    }

    private void scan(long nowMillis, List<MembershipEffect> effects) {
        judgeSilence(nowMillis, effects);
        launchProbes(nowMillis, effects);
        scanAtMillis = Entry.NEVER;
        entries.values().forEach(this::lookAgainAt);
    }

    /** To be called when something may be due for an entry sooner than before. */
    private void lookAgainAt(Entry entry) {
        scanAtMillis = Math.min(scanAtMillis, deadlineOf(entry));
    }

    private void judgeSilence(long nowMillis, List<MembershipEffect> effects) {
        for (Entry entry : List.copyOf(entries.values())) {
            if (entry.isProbing() && nowMillis >= entry.probeEndsMillis()) {
                probeFailed(entry, nowMillis);
            }
            if (entry.liveness() == Liveness.ALIVE && nowMillis >= quietProbeAtMillis(entry)) {
                entry.planProbe(nowMillis);
            }
            if (entry.liveness() == Liveness.ALIVE && entry.isSilentFor(timing.suspectAfterPeriods(), nowMillis)) {
                change(entry, Liveness.SUSPECT, ChangeReason.SILENT, nowMillis, effects);
            }
            if (entry.isHeard() && entry.isSilentFor(timing.deadAfterPeriods(), nowMillis)) {
                entry.cancelProbe();
                change(entry, Liveness.DEAD, ChangeReason.SILENT_TOO_LONG, nowMillis, effects);
            }
            if (entry.isGone() && nowMillis >= entry.changedMillis() + timing.forgetAfterMillis()) {
                forget(entry, ChangeReason.FORGOTTEN, nowMillis, effects);
            }
        }
    }

    private long deadlineOf(Entry entry) {
        long silence =
                switch (entry.liveness()) {
                    case ALIVE ->
                        Math.min(quietProbeAtMillis(entry), entry.silentAtMillis(timing.suspectAfterPeriods()));
                    case SUSPECT, UNCONFIRMED -> entry.silentAtMillis(timing.deadAfterPeriods());
                    case DEAD, LEFT -> entry.changedMillis() + timing.forgetAfterMillis();
                    case UNKNOWN, BANNED -> Entry.NEVER;
                };
        if (entry.isProbing()) {
            return Math.min(silence, entry.probeEndsMillis());
        }
        // A probe that waits for room waits for an answer, not for a time.
        return probesWait ? silence : Math.min(silence, entry.probeDueMillis());
    }

    // ---- the table ---------------------------------------------------------------------

    private void revoke(NodeId node, long nowMillis, List<MembershipEffect> effects) {
        if (node.equals(self) || banned.contains(node) || banned.size() >= ProtocolLimits.MAX_BANNED_NODES) {
            return;
        }
        banned.add(node);
        Entry entry = entries.get(node);
        if (entry == null) {
            effects.add(
                    new MembershipEffect.Changed(node, "", Liveness.UNKNOWN, Liveness.BANNED, ChangeReason.REVOKED));
            return;
        }
        entry.cancelProbe();
        change(entry, Liveness.BANNED, ChangeReason.REVOKED, nowMillis, effects);
    }

    private boolean displace(long nowMillis, List<MembershipEffect> effects) {
        Optional<Entry> longestGone = entries.values().stream()
                .filter(Entry::mayBeDisplaced)
                .min(Comparator.comparingLong(Entry::changedMillis));
        longestGone.ifPresent(entry -> {
            count(MembershipCounter.MEMBERSHIP_DISPLACED, 1);
            forget(entry, ChangeReason.DISPLACED, nowMillis, effects);
        });
        return longestGone.isPresent();
    }

    private void forget(Entry entry, ChangeReason reason, long nowMillis, List<MembershipEffect> effects) {
        change(entry, Liveness.UNKNOWN, reason, nowMillis, effects);
        entries.remove(entry.node());
    }

    private void change(Entry entry, Liveness to, ChangeReason reason, long nowMillis, List<MembershipEffect> effects) {
        Liveness from = entry.liveness();
        heard -= entry.isHeard() ? 1 : 0;
        entry.become(to, nowMillis);
        heard += entry.isHeard() ? 1 : 0;
        generation++;
        count(MembershipCounter.MEMBERSHIP_CHANGES, 1);
        effects.add(new MembershipEffect.Changed(entry.node(), entry.name(), from, to, reason));
    }

    private int heardNodes() {
        return 1 + heard;
    }

    private void count(MembershipCounter counter, long amount) {
        counters.merge(counter, amount, Long::sum);
    }
}
