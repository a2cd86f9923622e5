package org.rackweave.sim.lab.adversary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.hardware.HardwareWorker;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.End;
import org.rackweave.daemon.lease.Holding;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.lease.Term;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.pool.CxlSwitchProvider;
import org.rackweave.hal.switchtec.routing.SwitchtecInterposerProvider;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.sim.cxl.CxlSwitchServer;
import org.rackweave.sim.cxl.SwitchText;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.switchtec.RunningSwitchtec;

/** A second manager moves a loan, and the owner's core, worker and interposer find it out by looking. */
@Timeout(60)
class RogueManagerTest {
    private static final long ROUND_MILLIS = 9_000;
    private static final LeasePolicy POLICY =
            new LeasePolicy(1_000, 600_000, 2_000, 1_500, 1, 9, 1, 30_000, ROUND_MILLIS);

    /** With it the device goes to virtual switch 1: behind the owner's own, where it is wiped, it would show as unbound. */
    private static final long SEED = 2;

    private static final String CXL_PLAN = """
            background 1ms
            port 0 upstream
            port 1 upstream
            port 2 upstream
            port 3 mld 512MiB lds 2 serial 7
            vcs 0 upstream 0 vppbs 2
            vcs 1 upstream 1 vppbs 2
            vcs 2 upstream 2 vppbs 2
            """;
    private static final String SWITCHTEC_PLAN = """
            product psx
            partitions 4
            logical-ports 4
            bind-time 1
            stack 0 4,0,4
            stack 2 8,0,0,0,8
            upstream 0 0
            upstream 2 1
            """;

    @TempDir
    private Path folder;

    @Test
    void a_logical_device_that_it_moved_is_quarantined_and_named() throws Exception {
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchText.parse(CXL_PLAN), Dialect.CXL3)) {
            String place = "127.0.0.1:" + server.address().getPort();
            Interposer interposer = new CxlSwitchProvider()
                    .open(
                            "alpha",
                            Map.of(
                                    "switch", place,
                                    "lend", "3",
                                    "hosts", "alpha=0",
                                    "wash", "2",
                                    "washWindow", folder.resolve("{vppb}").toString()));
            SliceRow moved = afterAStrike(interposer, "mld-0000000000000007-ld1", place);
            assertThat(moved.state()).isEqualTo(SliceState.QUARANTINED);
            assertThat(moved.reason()).contains("(virtual switch 1)");
        }
    }

    @Test
    void a_port_that_it_moved_is_quarantined_and_named() throws Exception {
        try (RunningSwitchtec server = RunningSwitchtec.start(SWITCHTEC_PLAN)) {
            Interposer interposer = new SwitchtecInterposerProvider()
                    .open(
                            "alpha",
                            Map.of(
                                    "address", server.place(),
                                    "hosts", "alpha=0",
                                    "slices", "device 16 wipe none-kept; device 20 wipe none-kept"));
            SliceRow moved = afterAStrike(interposer, "port16", "switchtec:" + server.place());
            assertThat(moved.state()).isEqualTo(SliceState.QUARANTINED);
            assertThat(moved.reason()).containsPattern("partition [1-3] of no known host");
        }
    }

    @Test
    void the_same_seed_does_the_same_to_the_same_switch() throws Exception {
        List<List<String>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            List<String> said = new ArrayList<>();
            try (CxlSwitchServer server = CxlSwitchServer.start(SwitchText.parse(CXL_PLAN), Dialect.JRL);
                    RogueManager rogue = RogueManagerCommand.at(
                            "127.0.0.1:" + server.address().getPort())) {
                Random random = new Random(7);
                for (int strike = 0; strike < 4; strike++) {
                    said.add(rogue.strike(random).orElseThrow());
                }
            }
            runs.add(said);
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
        assertThat(runs.get(0).get(0)).startsWith("bound port 3 ld ");
        assertThat(runs.get(0).get(1)).startsWith("took port 3 ld ").contains(" and bound port 3 ld ");
    }

    @Test
    void what_is_no_address_or_no_switch_is_said() {
        assertThatThrownBy(() -> RogueManagerCommand.at("nowhere"))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("'nowhere' is no address");
        try (RogueManager rogue = RogueManagerCommand.at("127.0.0.1:1")) {
            assertThatThrownBy(() -> rogue.strike(new Random(1))).hasMessageContaining("127.0.0.1:1");
        } catch (LabFailure failed) {
            throw new AssertionError(failed);
        }
    }

    /** The row of a slice that was lent to alpha, once the owner has looked after a strike. */
    private static SliceRow afterAStrike(Interposer interposer, String key, String place) throws Exception {
        BlockingQueue<LeaseEvent> results = new LinkedBlockingQueue<>();
        try (HardwareWorker worker =
                new HardwareWorker(interposer, results::add, bug -> results.add(new LeaseEvent.Tick()))) {
            interposer.bind(key, "alpha", 4);
            Owner owner = new Owner(worker, results, key);
            assertThat(owner.rowAfterALook().state())
                    .as("nothing was moved yet")
                    .isEqualTo(SliceState.ACTIVE);
            try (RogueManager rogue = RogueManagerCommand.at(place)) {
                assertThat(rogue.strike(new Random(SEED))).get().asString().startsWith("took port");
            }
            return owner.rowAfterALook();
        }
    }

    /** An owner of one slice that is lent: its core, stepped by hand, and the worker that drives the switch. */
    private static final class Owner {
        private final Map<String, SliceRow> disk = new TreeMap<>();
        private final HardwareWorker worker;
        private final BlockingQueue<LeaseEvent> results;
        private final String key;
        private final LeaseCore core;
        private long now = 10_000;

        Owner(HardwareWorker worker, BlockingQueue<LeaseEvent> results, String key) throws HalException {
            this.worker = worker;
            this.results = results;
            this.key = key;
            disk.put(key, lent(key));
            core = new LeaseCore(new NodeId(9, 9), POLICY, disk.values());
            step(worker.survey(key::equals, LeaseEvent.Boot.SAME));
            worker.start();
        }

        SliceRow rowAfterALook() throws InterruptedException {
            now += ROUND_MILLIS;
            step(new LeaseEvent.Tick());
            step(results.take());
            return disk.get(key);
        }

        private void step(LeaseEvent event) {
            for (Effect effect : core.step(event, now)) {
                if (effect instanceof Effect.SaveSlice save) {
                    disk.put(save.row().facts().key(), save.row());
                } else if (effect instanceof Effect.Drive drive) {
                    worker.submit(drive);
                }
            }
        }

        private static SliceRow lent(String key) {
            boolean isMemory = key.startsWith("mld");
            SliceFacts facts = new SliceFacts(
                    key,
                    isMemory ? ResourceKind.MEMORY : ResourceKind.PCIE_DEVICE,
                    isMemory ? 256L << 20 : 1,
                    Set.of(),
                    ForcedEndEffect.FATAL,
                    FenceKind.ROUTE_READBACK);
            Holding holding = new Holding(
                    new LeaseId(1, 1),
                    new LoanId(1, 1),
                    new NodeId(1, 1),
                    "alpha",
                    0,
                    Optional.empty(),
                    new Term(600_000, 600_000, 0, End.NOT_ENDING, 0),
                    Optional.empty());
            return new SliceRow(
                    facts,
                    SliceState.ACTIVE,
                    new Epoch(4),
                    Optional.of(holding),
                    Optional.of(new WipeCertificate("test", 1, 1, new Epoch(3))),
                    "");
        }
    }
}
