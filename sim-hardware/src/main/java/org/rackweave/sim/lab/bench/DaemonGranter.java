package org.rackweave.sim.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.coap.Peer;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.Distribution;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.Rack;
import org.rackweave.sim.lab.RackPlan;

/** The daemon of the built distribution, and borrowers with an identity, a socket and a DTLS session each. */
final class DaemonGranter implements Granter {
    private static final String OWNER = "a";
    private static final Duration TERM = Duration.ofMinutes(10);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PRIORITY = 4;

    private final BenchRack bench;
    private final List<Borrower> borrowers = new ArrayList<>();
    private final int slices;

    private final String card;

    private DaemonGranter(BenchRack bench, String card, int slices) {
        this.bench = bench;
        this.card = card;
        this.slices = slices;
    }

    /**
     * Starts the daemon with so many slices for each of so many borrowers.
     *
     * @param card what its launcher is told of the card's size
     */
    static DaemonGranter start(Distribution distribution, String card, int clients, int places) throws LabFailure {
        int slices = clients * places;
        RackPlan plan = RackPlan.of(1, 0, 1, TERM).with(RackPlan.Hardware.IN_PROCESS, slices);
        DaemonGranter granter = new DaemonGranter(BenchRack.create(distribution, plan), card, slices);
        try {
            Rack rack = granter.bench.rack();
            rack.start(OWNER, Map.of("RACKWEAVE_CARD", card));
            Peer owner = new Peer(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(),
                            rack.process(OWNER).port()),
                    Optional.of(rack.id(OWNER)));
            RackAuthority authority = RackAuthority.open(rack.layout().authority(), new SecureRandom());
            for (int i = 0; i < clients; i++) {
                granter.borrowers.add(borrower(rack, authority, owner, i, clients, places));
            }
            granter.settle();
            return granter;
        } catch (IdentityException | IOException | LabFailure failed) {
            granter.close();
            throw LabFailure.because(failed);
        }
    }

    private static Borrower borrower(Rack rack, RackAuthority authority, Peer owner, int number, int count, int places)
            throws IdentityException, IOException {
        String name = "borrower-" + number;
        Instant now = Instant.now();
        authority.issue(name, Role.NODE, rack.layout().identity(name), now);
        Identity identity = Identity.load(rack.layout().identity(name), now);
        return new Borrower(UnicastClient.open(identity, InstantSource.system()), owner, number, count, places);
    }

    @Override
    public String name() {
        return "rackweaved, " + card + " card";
    }

    @Override
    public List<Borrower> clients() {
        return borrowers;
    }

    /** What a released slice goes through, up to its wipe, is the daemon's affair and takes its time after the answer. */
    @Override
    public void settle() throws LabFailure {
        long held = borrowers.stream().mapToLong(Borrower::held).sum();
        Await.until("all slices that nobody holds are free", PATIENCE, () -> memory().filter(
                        memory -> memory.free() / (memory.total() / slices) >= slices - held));
    }

    /** Nothing while the daemon, which wipes and signs for all its slices when it starts, has no time to say. */
    private Optional<NodeView.Capacity> memory() throws LabFailure {
        return bench.rack().ask(OWNER, new Command.ListNodes()) instanceof Answer.Nodes nodes
                ? nodes.nodes().stream()
                        .filter(node -> node.id().equals(bench.rack().id(OWNER)))
                        .map(NodeView::capacity)
                        .flatMap(List::stream)
                        .findFirst()
                : Optional.empty();
    }

    @Override
    public long pid() {
        return bench.rack().process(OWNER).pid();
    }

    @Override
    public void close() {
        borrowers.forEach(Borrower::close);
        bench.close();
    }

    /**
     * A neighbour that borrows slice after slice, by nothing but the protocol. Its places are spread over the owner's slices,
     * so that those which are asked for at the same time lie side by side in the ledger, as the few of a real card do.
     */
    static final class Borrower implements GrantClient {
        private final SecureRandom random = new SecureRandom();
        private final UnicastClient client;
        private final Peer owner;
        private final int number;
        private final int count;
        private final List<Optional<LeaseView>> leases;

        Borrower(UnicastClient client, Peer owner, int number, int count, int places) {
            this.client = client;
            this.owner = owner;
            this.number = number;
            this.count = count;
            this.leases = new ArrayList<>(Collections.nCopies(places, Optional.empty()));
        }

        long held() {
            return leases.stream().filter(Optional::isPresent).count();
        }

        @Override
        public void grant(int place, Consumer<String> problem) {
            LeaseId lease = new LeaseId(random.nextLong(), random.nextLong());
            Command reserve = new Command.Reserve(
                    lease,
                    new LoanId(lease.high(), lease.low()),
                    "mem" + (place * count + number),
                    TERM.toMillis(),
                    PRIORITY,
                    ForcedEndEffect.TOLERATED);
            ask(
                    reserve,
                    problem,
                    SliceState.RESERVED,
                    reserved ->
                            ask(new Command.Commit(lease, reserved.epoch()), problem, SliceState.ACTIVE, granted -> {
                                leases.set(place, Optional.of(granted));
                                problem.accept("");
                            }));
        }

        @Override
        public void giveBack(int place, Consumer<String> problem) {
            LeaseView held = leases.get(place).orElseThrow();
            Epoch epoch = held.epoch();
            send(new Command.Release(held.id(), epoch), problem, answer -> {
                leases.set(place, Optional.empty());
                return answer instanceof Answer.Done;
            });
        }

        private void ask(Command command, Consumer<String> problem, SliceState wanted, Consumer<LeaseView> then) {
            client.send(owner, command, ANSWER_LIMIT).thenAccept(answer -> {
                if (answer instanceof Answer.Lease lease && lease.lease().state() == wanted) {
                    then.accept(lease.lease());
                } else {
                    problem.accept(command + ": " + answer);
                }
            });
        }

        private void send(Command command, Consumer<String> problem, Function<Answer, Boolean> fits) {
            client.send(owner, command, ANSWER_LIMIT)
                    .thenAccept(answer -> problem.accept(fits.apply(answer) ? "" : command + ": " + answer));
        }

        void close() {
            client.close();
        }
    }
}
