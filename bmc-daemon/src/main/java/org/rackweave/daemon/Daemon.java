package org.rackweave.daemon;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.rackweave.config.ByteSize;
import org.rackweave.config.Configuration;
import org.rackweave.crypto.BootEpochFile;
import org.rackweave.crypto.BootKey;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RevocationList;
import org.rackweave.daemon.broker.BrokerCore;
import org.rackweave.daemon.broker.BrokerPolicy;
import org.rackweave.daemon.conductor.Conductor;
import org.rackweave.daemon.conductor.ConductorThread;
import org.rackweave.daemon.conductor.Counters;
import org.rackweave.daemon.conductor.Rekeying;
import org.rackweave.daemon.conductor.Revoking;
import org.rackweave.daemon.conductor.Self;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.coordinator.CoordinatorCore;
import org.rackweave.daemon.coordinator.CoordinatorPolicy;
import org.rackweave.daemon.hardware.HardwareWorker;
import org.rackweave.daemon.hardware.Interposers;
import org.rackweave.daemon.hardware.WipeSigner;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.LinePolicy;
import org.rackweave.daemon.lease.LoanCore;
import org.rackweave.daemon.lease.LoanEvent;
import org.rackweave.daemon.lease.LoanPolicy;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.ledger.HeadSigner;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.daemon.ledger.StateDirectory;
import org.rackweave.daemon.matching.Setting;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.discovery.Discovery;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.nativelinux.BootClock;
import org.rackweave.protocol.coap.ServerLimits;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.coap.UnicastServer;
import org.rackweave.protocol.group.GroupKeys;
import org.rackweave.protocol.group.GroupTiming;
import org.rackweave.protocol.membership.Jitter;
import org.rackweave.protocol.membership.Membership;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.membership.MembershipTiming;
import org.rackweave.protocol.message.Carried;
import org.rackweave.protocol.message.CounterView;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.WipeProof;
import org.rackweave.protocol.multicast.Keyring;
import org.rackweave.protocol.multicast.MulticastSettings;
import org.rackweave.protocol.multicast.Neighbourhood;
import org.rackweave.protocol.multicast.NoMulticastException;
import org.rackweave.protocol.multicast.Offering;
import org.tinylog.Logger;

/** One running daemon: everything that it opened, in the order in which it is closed again from the end. */
public final class Daemon implements AutoCloseable {
    /** In the state directory: the process that uses it, in decimal digits. */
    public static final String PID_FILE = "pid";

    private static final String BOOT_EPOCH_FILE = "boot.epoch";
    private static final String BOOT_ID = "boot_id";

    private final Configuration configuration;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final ConductorThread thread;
    private final int port;
    private final String name;

    private Daemon(Configuration configuration, Consumer<Throwable> onBug) throws StartException {
        this.configuration = configuration;
        boolean complete = false;
        try {
            StateDirectory state =
                    opened(StateDirectory.take(configuration.node().stateDir()));
            InstantSource wall = InstantSource.system();
            SecureRandom random = new SecureRandom();
            BootClock clock = BootClock.open();
            Path identityDir = configuration.node().identityDir();
            Identity identity = Identity.load(identityDir, wall.instant());
            Path revocations = state.path().resolve(RevocationList.FILE);
            // It came by the network, or with the identity. Before anybody can open a session.
            Optional<Carried> revoked = RevocationList.newest(
                            List.of(revocations, identityDir.resolve(RevocationList.FILE)), identity.trust())
                    .map(Carried::of);
            revoked.flatMap(signed -> RevocationList.read(signed.bytes(), identity.trust()))
                    .ifPresent(identity.trust()::revoke);
            Optional<RackPolicy> policy =
                    RackPolicy.read(configuration.lending().policy(), identity.trust());
            GroupKey entryKey = GroupKey.load(identityDir);
            GroupKeyFile groupKeys = new GroupKeyFile(
                    state.path().resolve(MadeKey.FILE),
                    identity.trust().rackId(),
                    identity.principal().id(),
                    random,
                    wall);
            List<MadeKey> kept = groupKeys.kept(entryKey);
            long bootEpoch = BootEpochFile.next(state.file(BOOT_EPOCH_FILE));
            BootKey bootKey = BootKey.generate(identity, bootEpoch, wall.instant(), random);
            name = identity.principal().name();

            Ledger ledger = opened(Ledger.open(
                    state, configuration.ledger().maxBytes(), Optional.of(new HeadSigner(identity, random))));
            opened.push(() -> ledger.seal(wall.millis()));
            if (policy.isPresent()) {
                policy.get().admit(ledger, wall.millis());
            }
            Interposer interposer = Interposers.open(
                    configuration.lending().interposer().provider(),
                    name,
                    configuration.lending().interposer().settings());
            Counters counters = new Counters();
            thread = new ConductorThread(clock::bootMillis, counters, onBug);
            WipeSigner signer = new WipeSigner(
                    identity.principal().id(), wipe -> WipeProof.of(wipe.sign(identity, random)), wall::millis);
            HardwareWorker worker = opened(new HardwareWorker(
                    interposer,
                    done -> thread.bring(new Work.ForLeases(signer.sign(done))),
                    warnings -> thread.bring(new Work.HardwareWarns(warnings)),
                    onBug));
            UnicastServer server = opened(answering(identity, wall));
            port = server.port();
            UnicastClient client = opened(UnicastClient.open(identity, wall));
            Neighbourhood neighbourhood = opened(Neighbourhood.open(
                    identity,
                    bootKey,
                    new Keyring(
                            entryKey,
                            kept.get(0).key(),
                            kept.stream().map(MadeKey::key).toList()),
                    port,
                    multicast(),
                    clock::bootMillis,
                    wall,
                    message -> thread.bring(new Work.ForMembership(new MembershipEvent.Heard(message)))));

            LeaseEvent.Boot boot =
                    ledger.meta(BOOT_ID).filter(clock.bootId()::equals).isPresent()
                            ? LeaseEvent.Boot.SAME
                            : LeaseEvent.Boot.NEW;
            NodeId id = identity.principal().id();
            LeaseEvent.Started started = worker.survey(configuration.lending()::isClaimed, boot);
            Conductor conductor = new Conductor(
                    new Self(
                            identity.principal(),
                            bootEpoch,
                            configuration.network().coapAddress() + ":" + port,
                            "rackweaved " + Version.text(),
                            interposer.description(),
                            interposer.provenance() == Provenance.SIMULATED,
                            switch (configuration.node().host()) {
                                case SERVER -> Self.Host.SERVER;
                                case NONE -> Self.Host.NONE;
                            },
                            identity.notAfter()),
                    new LeaseCore(id, leasePolicy(id, policy), ledger.slices(), ledger.wants(), ledger.epochFloor()),
                    new LoanCore(
                            id,
                            loanPolicy(),
                            () -> new LeaseId(random.nextLong(), random.nextLong()),
                            bootEpoch,
                            ledger.loans()),
                    new BrokerCore(brokerPolicy(), bootEpoch, ledger.asks()),
                    new CoordinatorCore(id, CoordinatorPolicy.USUAL),
                    new Membership(id, timing(), Offering.NOTHING, Jitter.seeded(random.nextLong())),
                    ledger,
                    new Shells(worker, server, client, neighbourhood),
                    WipeProof::opened,
                    thread::bring,
                    node -> configuration.lending().hosts().getOrDefault(node, node),
                    configuration.borrowing().requestTimeoutMillis(),
                    wall::millis,
                    () -> shellCounters(server, neighbourhood),
                    new Revoking(new RevocationFile(revocations, identity.trust())),
                    Rekeying.of(
                            entryKey,
                            new GroupKeys(
                                    id,
                                    GroupTiming.withPeriod(
                                            configuration.announce().groupKeyPeriodMillis()),
                                    kept,
                                    groupKeys.ageMillis(kept),
                                    0,
                                    clock.bootMillis()),
                            groupKeys),
                    counters,
                    clock.bootMillis());
            worker.start();
            List<Work> first = new ArrayList<>(List.of(
                    new Work.ForLeases(started),
                    new Work.ForLoans(new LoanEvent.Started(boot)),
                    new Work.ForMembership(new MembershipEvent.Started())));
            revoked.ifPresent(signed -> first.add(new Work.Revocations(signed, "daemon")));
            conductor.run(first, clock.bootMillis());
            if (!conductor.lendingProblem().isEmpty()) {
                throw new StartException(conductor.lendingProblem());
            }
            // After what the boot means for each deadline is in the ledger, and not before: it may have room for these
            // few
            // bytes when it has none for the deadlines, which would then be taken for those of this boot.
            ledger.remember(BOOT_ID, clock.bootId());
            state.publish(Configuration.Network.COAP_PORT_FILE, port + "\n");
            state.publish(PID_FILE, ProcessHandle.current().pid() + "\n");
            thread.start(conductor);
            opened.push(thread);
            opened.push(BackupWatch.start(state.path(), ledger, thread::bring, wall));
            HealthWatch.start(keysOf(started), thread::bring, clock::bootMillis, onBug)
                    .ifPresent(opened::push);
            Logger.info("{} lends through {}", name, interposer.description());
            opened.push(DeviceWatch.start(() -> summary(Discovery.ofThisMachine()), thread::bring, onBug));
            complete = true;
        } catch (LedgerException | IdentityException | HalException | IOException | IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        } catch (NoMulticastException e) {
            throw new StartException(e.getMessage() + " (network.interfaces)", e);
        } finally {
            if (!complete) {
                closeAll();
            }
        }
    }

    /**
     * Starts a daemon.
     *
     * @param onBug takes what no daemon should survive
     */
    public static Daemon start(Configuration configuration, Consumer<Throwable> onBug) throws StartException {
        return new Daemon(configuration, onBug);
    }

    private static Set<String> keysOf(LeaseEvent.Started started) {
        return started.claimed().stream().map(SliceFacts::key).collect(Collectors.toUnmodifiableSet());
    }

    private static String summary(Inventory inventory) {
        OptionalLong memoryBytes = inventory.memory().totalBytes();
        return inventory.cpus().coreCount() + " cores, "
                + (memoryBytes.isPresent() ? ByteSize.rough(memoryBytes.getAsLong()) : "an unknown amount")
                + " of memory, " + inventory.pciFunctions().size() + " PCI functions, "
                + inventory.cxl().devices().size() + " CXL memory devices, "
                + inventory.problems().size()
                + " problems ('rackweave discover' shows all)";
    }

    /** The port that it answers CoAP over DTLS at. */
    public int port() {
        return port;
    }

    /** The node's name, from its certificate. */
    public String name() {
        return name;
    }

    /** Gives back what it borrowed, if it is configured to, says goodbye, and stops; within {@link Limits#STOP_MILLIS}. */
    @Override
    public void close() {
        if (configuration.borrowing().onShutdown() == Configuration.OnShutdown.RELEASE) {
            giveAllBack();
        }
        thread.bring(new Work.ForMembership(new MembershipEvent.Leaving("shutdown")));
        closeAll();
    }

    private void giveAllBack() {
        CountDownLatch settled = new CountDownLatch(1);
        thread.bring(new Work.GiveAllBack("its borrower's daemon stops", settled::countDown));
        try {
            if (!settled.await(Limits.STOP_MILLIS / 2, TimeUnit.MILLISECONDS)) {
                Logger.warn("not every lender has answered; what is left is taken back at the end of its term");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeAll() {
        while (!opened.isEmpty()) {
            AutoCloseable last = opened.pop();
            try {
                last.close();
            } catch (Exception e) {
                // The rest must be closed all the same.
                Logger.warn("closing {}: {}", last.getClass().getSimpleName(), e.getMessage());
            }
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    // ---- from the configuration
    // --------------------------------------------------------------------------------------

    private UnicastServer answering(Identity identity, InstantSource wall) throws IOException {
        Configuration.Network network = configuration.network();
        InetSocketAddress listen =
                new InetSocketAddress(InetAddress.getByName(network.coapAddress()), network.coapPort());
        try {
            return UnicastServer.open(
                    identity,
                    listen,
                    (peer, command, reply) -> thread.submit(new Work.Asked(peer, command, reply)),
                    ServerLimits.CARD,
                    wall);
        } catch (IOException e) {
            // The channel does not know the words of the configuration, and its reader wants to know which to change.
            throw new IOException(
                    e.getMessage()
                            + "; stop what listens there (a second rackweaved?), or correct network.coapAddress and"
                            + " network.coapPort",
                    e);
        }
    }

    private MulticastSettings multicast() throws UnknownHostException, SocketException {
        Configuration.Network network = configuration.network();
        List<String> interfaces = network.interfaces().isEmpty() ? capableInterfaces() : network.interfaces();
        return new MulticastSettings(
                interfaces,
                (Inet6Address) InetAddress.getByName(network.ipv6Group()),
                (Inet4Address) InetAddress.getByName(network.ipv4Group()),
                network.multicastPort());
    }

    private static List<String> capableInterfaces() throws SocketException {
        List<String> names = new ArrayList<>();
        for (NetworkInterface candidate : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (candidate.isUp() && candidate.supportsMulticast() && !candidate.isLoopback()) {
                names.add(candidate.getName());
            }
        }
        if (names.isEmpty()) {
            throw new SocketException(
                    "no interface is up and can multicast; name one under network.interfaces ('lo' for a"
                            + " rack on this machine alone)");
        }
        return names;
    }

    private LeasePolicy leasePolicy(NodeId self, Optional<RackPolicy> policy) {
        Configuration.Lending lending = configuration.lending();
        return new LeasePolicy(
                        lending.minTermMillis(),
                        lending.maxTermMillis(),
                        lending.reservationMillis(),
                        lending.firstTermMillis(),
                        lending.driftPercent(),
                        lending.maxPriority(),
                        lending.rebootGraces(),
                        Limits.HARDWARE_STEP_MILLIS)
                .with(
                        RackPolicy.rules(policy, self, lending.keep()),
                        LinePolicy.within(lending.firstTermMillis(), lending.graceMillis()));
    }

    private LoanPolicy loanPolicy() {
        long timeout = configuration.borrowing().requestTimeoutMillis();
        return new LoanPolicy(
                configuration.lending().driftPercent(),
                timeout / 2,
                Math.max(200, timeout / 20),
                timeout,
                switch (configuration.borrowing().placement()) {
                    case FILL -> Setting.Power.FILL;
                    case SPREAD -> Setting.Power.SPREAD;
                },
                switch (configuration.borrowing().acceptMoves()) {
                    case ALWAYS -> LoanPolicy.Moves.ACCEPTED;
                    case NEVER -> LoanPolicy.Moves.REFUSED;
                });
    }

    private BrokerPolicy brokerPolicy() {
        Configuration.Borrowing borrowing = configuration.borrowing();
        return BrokerPolicy.USUAL.with(
                borrowing.unusedAfterMillis(),
                switch (borrowing.returnUnused()) {
                    case NEVER -> BrokerPolicy.Unused.IGNORE;
                    case OFFER -> BrokerPolicy.Unused.OFFER;
                    case ALWAYS -> BrokerPolicy.Unused.GIVE_BACK;
                });
    }

    private MembershipTiming timing() {
        MembershipTiming standard =
                MembershipTiming.withPeriod(configuration.announce().minPeriodMillis());
        return new MembershipTiming(
                standard.minPeriodMillis(),
                standard.maxAnnouncementsPerSecond(),
                standard.jitterPercent(),
                standard.changeGapMillis(),
                standard.bootDelayMillis(),
                configuration.announce().helloPeriodMillis(),
                standard.helloGapMillis(),
                standard.suspectAfterPeriods(),
                standard.deadAfterPeriods(),
                standard.probeTimeoutMillis(),
                standard.probeRetryMaxMillis(),
                standard.forgetAfterMillis());
    }

    private static List<CounterView> shellCounters(UnicastServer server, Neighbourhood neighbourhood) {
        List<CounterView> all = new ArrayList<>(server.counters().views());
        all.addAll(neighbourhood.counters());
        StorageWritten.counter().ifPresent(all::add);
        return all;
    }
}
