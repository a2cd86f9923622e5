package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.SliceState;

/**
 * {@code kill -9} at random moments of a rack that borrows and gives back without a pause. After each round all nodes are dead
 * at once, and what lies on the disks is held against the {@link RackInvariants}. In the end the rack must be whole again by
 * itself.
 *
 * <p>The moments come from a seed, which a failure names; what the kernel schedules beside them does not.
 */
class KillNineIT {
    private static final int ROUNDS = Integer.getInteger("withstand.rounds", 8);
    private static final long SEED = Long.getLong("withstand.seed", System.nanoTime());
    private static final int KILLS_A_ROUND = 3;
    private static final int BORROWERS = 4;
    private static final int SLICES = 12;
    private static final Duration TERM = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(40);

    private final TrialRack rack = TrialRack.of("a", "b", "c");
    private final Map<String, TrialProcess> running = new ConcurrentHashMap<>();
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final AtomicBoolean loading = new AtomicBoolean();
    private final Operator operator = rack.operator();
    private final AtomicInteger granted = new AtomicInteger();

    @AfterEach
    void close() {
        loading.set(false);
        rack.close();
    }

    @Test
    void nothingIsEverHeldTwiceAndNothingIsForgotten() throws InterruptedException {
        Random random = new Random(SEED);
        RackInvariants invariants = new RackInvariants(rack);
        for (int round = 1; round <= ROUNDS; round++) {
            startAll();
            List<Thread> load = load(random.nextLong());
            for (int kill = 0; kill < KILLS_A_ROUND; kill++) {
                pause(random.nextInt(900));
                String victim = rack.names().get(random.nextInt(rack.names().size()));
                ports.remove(victim);
                running.get(victim).kill();
                if (random.nextBoolean()) {
                    pause(random.nextInt(400));
                }
                start(victim);
            }
            pause(random.nextInt(600));
            rack.names().forEach(name -> running.get(name).kill());
            long diedMillis = invariants.nowMillis();
            loading.set(false);
            for (Thread each : load) {
                each.join();
            }
            assertThat(invariants.broken(diedMillis))
                    .as("what lies on the disks after round %s of seed %s", round, SEED)
                    .isEmpty();
        }
        assertThat(granted.get()).as("loans that came to be under this load").isGreaterThan(ROUNDS);
        assertThat(invariants.seen()).as("what the kills met").containsKeys(SliceState.FREE, SliceState.ACTIVE);

        startAll();
        Soon.is("every slice is free again", SOON, () -> free() == SLICES);
        rack.names().forEach(name -> running.get(name).terminate());
        assertThat(invariants.broken(invariants.nowMillis()))
                .as("seed %s", SEED)
                .isEmpty();
        rack.names().forEach(name -> assertThat(
                        rack.daemonProgram(name, "ledger", "check").output())
                .contains("sound"));
    }

    private long free() {
        return rack.names().stream()
                .mapToLong(name -> operator.slices(ports.get(name)).stream()
                        .filter(slice -> slice.state() == SliceState.FREE)
                        .count())
                .sum();
    }

    private void startAll() {
        rack.names().forEach(name -> running.put(name, rack.launch(name)));
        rack.names().forEach(name -> ports.put(name, running.get(name).awaitReady()));
    }

    private void start(String name) {
        running.put(name, rack.launch(name));
        ports.put(name, running.get(name).awaitReady());
    }

    /** Borrowers that ask whichever node comes, write into what they get, and give most of it back. */
    private List<Thread> load(long seed) {
        loading.set(true);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < BORROWERS; i++) {
            Random random = new Random(seed + i);
            Thread thread = new Thread(
                    () -> {
                        while (loading.get()) {
                            borrowOnce(random);
                        }
                    },
                    "borrower " + i);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void borrowOnce(Random random) {
        // Mostly one that lives, so that few wait for the dead.
        List<Integer> alive = List.copyOf(ports.values());
        int port = alive.get(random.nextInt(alive.size()));
        Answer answer = operator.ask(
                port, Operator.borrowing(Optional.empty(), 1 + random.nextInt(3), TERM), Duration.ofSeconds(2));
        if (!(answer instanceof Answer.Loan loan)) {
            return;
        }
        granted.incrementAndGet();
        loan.loan().leases().forEach(KillNineIT::write);
        if (random.nextInt(4) > 0) {
            release(port, loan.loan());
        }
    }

    private void release(int port, LoanView loan) {
        operator.ask(port, new Command.ReleaseLoan(loan.id()), Duration.ofSeconds(2));
    }

    /** As a program on the borrower's host does; its window may be gone again by now. */
    private static void write(LeaseView lease) {
        Optional<Path> window = lease.attachment().map(Attachment::address).map(Path::of);
        if (window.isEmpty() || !Files.exists(window.get())) {
            return;
        }
        try (FileChannel channel = FileChannel.open(window.get(), StandardOpenOption.WRITE)) {
            if (channel.size() == Operator.SLICE_BYTES) {
                channel.write(ByteBuffer.wrap(lease.id().toString().getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IOException gone) {
            if (Files.exists(window.get())) {
                throw new UncheckedIOException(gone);
            }
        }
    }

    /** The moment of a kill is the point of this test; nothing is waited for. */
    private static void pause(int millis) throws InterruptedException {
        Thread.sleep(millis);
    }
}
