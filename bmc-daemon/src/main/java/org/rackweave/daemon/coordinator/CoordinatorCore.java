package org.rackweave.daemon.coordinator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.DemandView;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;

/**
 * The coordinator of a rack, at every node, and awake at one: the node with the lowest id of those that are alive as far as it
 * sees. In a rack that is split each part has one; while views differ there may be two or none. That harms nobody, as all it
 * does is ask. It remembers nothing over a restart. A node that sees no other asks nobody, itself included: there is nowhere to move
 * to.
 */
public final class CoordinatorCore {
    private final NodeId self;
    private final CoordinatorPolicy policy;
    private final Map<Long, Question> open = new LinkedHashMap<>();
    private final Map<LeaseId, Long> restUntilMillis = new HashMap<>();
    private final List<SliceView> slices = new ArrayList<>();
    private final List<WantView> wants = new ArrayList<>();
    private List<CoordinatorEffect> effects = new ArrayList<>();
    private Optional<NodeId> elected = Optional.empty();
    private List<DemandView> demand = List.of();
    private long nextExchange = 1;
    private long nextRoundMillis = Long.MIN_VALUE;
    private long roundEndsMillis = Long.MAX_VALUE;
    private long proposed;
    private long agreed;
    private boolean isAlone = true;

    private enum Purpose {
        LOOK,
        PROPOSAL
    }

    /** What an answer is the answer to, and whose. */
    private record Question(Purpose purpose, NodeId node) {}

    public CoordinatorCore(NodeId self, CoordinatorPolicy policy) {
        this.self = self;
        this.policy = policy;
    }

    /**
     * Reacts.
     *
     * @param nowMillis by the clock that counts while the machine sleeps; never goes back
     */
    public List<CoordinatorEffect> step(CoordinatorEvent event, long nowMillis) {
        effects = new ArrayList<>();
        if (event instanceof CoordinatorEvent.Tick tick) {
            tick(tick.alive(), nowMillis);
        } else if (event instanceof CoordinatorEvent.Answered answered) {
            answered(answered, nowMillis);
        }
        return effects;
    }

    /**
     * When it wants to be stepped again at the latest; empty while another node is the coordinator, or there is no other. A change of
     * who is alive is to be told at once.
     */
    public OptionalLong nextDeadline() {
        return isElected() && !isAlone
                ? OptionalLong.of(Math.min(nextRoundMillis, roundEndsMillis))
                : OptionalLong.empty();
    }

    /** Who is the coordinator as far as this node sees; empty before the first tick. */
    public Optional<NodeId> elected() {
        return elected;
    }

    /** What the rack has and waits for, one row a kind, as of the last look; empty where another node looks. */
    public List<DemandView> demand() {
        return demand;
    }

    /** How many moves were proposed since the start. */
    public long proposed() {
        return proposed;
    }

    /** How many of those a borrower agreed to try. */
    public long agreed() {
        return agreed;
    }

    private boolean isElected() {
        return elected.filter(self::equals).isPresent();
    }

    private void tick(List<NodeId> alive, long nowMillis) {
        NodeId lowest = alive.stream()
                .min(NodeId::compareTo)
                .filter(low -> low.compareTo(self) < 0)
                .orElse(self);
        if (alive.isEmpty()) {
            isAlone = true;
            elected = Optional.of(self);
            endRound();
            demand = List.of();
            return;
        }
        if (isAlone || !elected.equals(Optional.of(lowest))) {
            isAlone = false;
            elected = Optional.of(lowest);
            effects.add(
                    new CoordinatorEffect.Tell("coordinator.elected", lowest.toString(), "gives advice from now on"));
            endRound();
            demand = List.of();
            nextRoundMillis = nowMillis;
        }
        if (!isElected()) {
            return;
        }
        if (nowMillis >= roundEndsMillis) {
            advise(nowMillis);
        }
        if (nowMillis >= nextRoundMillis) {
            look(alive, nowMillis);
        }
    }

    private void look(List<NodeId> alive, long nowMillis) {
        endRound();
        nextRoundMillis = nowMillis + policy.roundMillis();
        roundEndsMillis = nowMillis + policy.answerMillis();
        List<NodeId> all = new ArrayList<>(alive);
        all.add(self);
        for (NodeId node : all) {
            ask(node, new Command.ListSlices(Optional.empty()), Purpose.LOOK);
            ask(node, new Command.ListWants(), Purpose.LOOK);
        }
    }

    private void endRound() {
        open.values().removeIf(question -> question.purpose() == Purpose.LOOK);
        slices.clear();
        wants.clear();
        roundEndsMillis = Long.MAX_VALUE;
    }

    private void ask(NodeId node, Command command, Purpose purpose) {
        effects.add(new CoordinatorEffect.Ask(nextExchange, node, command));
        open.put(nextExchange++, new Question(purpose, node));
    }

    private void answered(CoordinatorEvent.Answered answered, long nowMillis) {
        Question question = open.remove(answered.exchange());
        if (question == null) {
            return;
        }
        if (question.purpose() == Purpose.PROPOSAL) {
            agreed += answered.answer() instanceof Answer.Done ? 1 : 0;
        } else {
            if (answered.answer() instanceof Answer.Slices told) {
                // An owner speaks for its own hardware only.
                told.slices().stream()
                        .filter(slice -> slice.id().owner().equals(question.node()))
                        .forEach(slices::add);
            } else if (answered.answer() instanceof Answer.Wants told) {
                wants.addAll(told.wants());
            }
            if (open.values().stream().noneMatch(other -> other.purpose() == Purpose.LOOK)) {
                advise(nowMillis);
            }
        }
    }

    private void advise(long nowMillis) {
        demand = summed();
        Set<LeaseId> there = new HashSet<>();
        slices.forEach(slice -> slice.lease().ifPresent(there::add));
        restUntilMillis.keySet().retainAll(there);
        List<Move> moves = Moves.find(
                wants,
                slices,
                lease -> nowMillis >= restUntilMillis.getOrDefault(lease, Long.MIN_VALUE),
                policy.movesPerRound());
        endRound();
        for (Move move : moves) {
            restUntilMillis.put(move.lease(), nowMillis + policy.restMillis());
            proposed++;
            ask(move.borrower(), new Command.Propose(move.lease(), move.to(), move.reason()), Purpose.PROPOSAL);
            effects.add(new CoordinatorEffect.Tell(
                    "coordinator.proposed", move.lease().toString(), "to " + move.to() + " " + move.reason()));
        }
    }

    private List<DemandView> summed() {
        List<DemandView> rows = new ArrayList<>();
        for (ResourceKind kind : ResourceKind.values()) {
            List<SliceView> ofKind =
                    slices.stream().filter(slice -> slice.kind() == kind).toList();
            // A loan that waits at several owners waits once.
            Map<String, Long> waiting = new HashMap<>();
            wants.stream()
                    .filter(want -> want.requirement().kind() == kind)
                    .forEach(want -> waiting.put(
                            want.loan().toString(), want.requirement().amount()));
            if (!ofKind.isEmpty() || !waiting.isEmpty()) {
                rows.add(new DemandView(
                        kind,
                        amountOf(ofKind),
                        amountOf(ofKind.stream()
                                .filter(slice -> slice.state() == SliceState.FREE)
                                .toList()),
                        amountOf(ofKind.stream()
                                .filter(slice -> slice.holder().isPresent())
                                .toList()),
                        waiting.values().stream().reduce(0L, CoordinatorCore::sum),
                        waiting.size()));
            }
        }
        return List.copyOf(rows);
    }

    private static long amountOf(List<SliceView> some) {
        return some.stream().map(SliceView::amount).reduce(0L, CoordinatorCore::sum);
    }

    /** What others say may be anything: a sum that does not fit is the largest that does. */
    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
