package org.rackweave.sim.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.chassis.ChassisProvider;
import org.rackweave.sim.interposer.InterposerContract;

/** The port's contract on a simulated chassis with both switches, and what only a chassis does. */
@Timeout(120)
class ChassisContractTest {
    private static final String PLAN = """
            supply 7-0058 400W
            supply 7-0059 400W
            fans 8-0020
            link a 10-0050
            link c 10-0051
            slot 1 cxl 3 25W 9-0048
            slot 2 cxl 4 25W 9-0049
            slot 5 switchtec 16 300W 9-004c
            slot 6 switchtec 20 300W 9-004d
            cxl background 1ms
            cxl port 0 upstream
            cxl port 1 upstream
            cxl port 2 upstream
            cxl port 3 sld 4MiB
            cxl port 4 mld 512MiB lds 2 serial 7
            cxl vcs 0 upstream 0 vppbs 4
            cxl vcs 1 upstream 1 vppbs 4
            cxl vcs 2 upstream 2 vppbs 4 windows {dir}/wash/{vppb}.mem
            cxl memory {dir}/devices
            switchtec partitions 3
            switchtec logical-ports 4
            switchtec bind-time 0
            switchtec stack 0 4,0,4,0,4
            switchtec stack 2 8,0,0,0,8
            switchtec upstream 0 0
            switchtec upstream 2 1
            switchtec upstream 4 2
            """;
    private static final String MODULES =
            "1 port3 25W 9-0048; 2 mld-0000000000000007 25W 9-0049; 5 gpu0 300W 9-004c; 6 nvme0 300W 9-004d";

    @Nested
    class TheContract extends InterposerContract {
        @TempDir
        private Path directory;

        private Optional<Running> running = Optional.empty();

        @Override
        protected Interposer open() throws Exception {
            if (running.isEmpty()) {
                running = Optional.of(new Running(directory));
            }
            return running.get().open();
        }

        @Override
        protected long wipedBytes(HardwareSlice slice) {
            return slice.kind() == SliceKind.MEMORY ? slice.amount() : 0;
        }

        @AfterEach
        void stop() throws Exception {
            if (running.isPresent()) {
                running.get().close();
            }
        }
    }

    @TempDir
    private Path directory;

    @Test
    void twoSwitchesOfOneChassisAreOneOwnersAndSleepUntilTheyAreLent() throws Exception {
        try (Running chassis = new Running(directory);
                Interposer card = chassis.open()) {
            assertThat(card.slices().stream().map(HardwareSlice::key))
                    .containsExactly(
                            "port3", "mld-0000000000000007-ld0", "mld-0000000000000007-ld1", "port16", "port20");
            assertThat(card.provenance()).isEqualTo(Provenance.SIMULATED);
            assertThat(chassis.power()).isEqualTo("0000");
            card.bind("mld-0000000000000007-ld1", "a", 1);
            card.bind("port16", "c", 1);
            assertThat(chassis.power()).isEqualTo("0110");
            assertThatThrownBy(() -> card.bind("port20", "a", 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("no more than 400 W may be");
            assertThat(card.route("port20")).isInstanceOf(Route.Unbound.class);
            card.unbind("mld-0000000000000007-ld1", 2);
            assertThat(card.sanitise("mld-0000000000000007-ld1").verifiedBytes())
                    .isEqualTo(256 << 20);
            assertThat(chassis.power()).isEqualTo("0010");
        }
    }

    @Test
    void whatIsBoundAndOnIsSoAfterChassisAndCardBeganAnew() throws Exception {
        try (Running chassis = new Running(directory);
                Interposer card = chassis.open()) {
            card.bind("mld-0000000000000007-ld0", "a", 1);
            card.bind("port16", "c", 1);
            chassis.awaitKept("bound 0 0 to 4 ld 0");
        }
        try (Running chassis = new Running(directory);
                Interposer card = chassis.open()) {
            assertThat(chassis.power()).isEqualTo("0110");
            assertThat(card.route("mld-0000000000000007-ld0")).isEqualTo(new Route.Bound("a", 0));
            assertThat(card.route("port16")).isEqualTo(new Route.Bound("c", 0));
        }
    }

    @Test
    void withoutOneSupplyNothingNewIsLentWhatIsLentStaysAndAfterTheRepairItGoesOn() throws Exception {
        try (Running chassis = new Running(directory);
                Interposer card = chassis.open()) {
            card.bind("port16", "c", 1);
            chassis.faults("supply 7-0058 fails");
            chassis.await(() -> !card.warnings().isEmpty());
            assertThat(card.warnings()).containsExactly("power supply 7-0058: its in1_lcrit_alarm (vin) is set");
            assertThatThrownBy(() -> card.bind("port3", "a", 1)).hasMessageContaining("power supply 7-0058");
            assertThat(chassis.power()).isEqualTo("0010");
            chassis.faults("");
            chassis.await(() -> card.warnings().isEmpty());
            card.bind("port3", "a", 2);
            assertThat(chassis.power()).isEqualTo("1010");
        }
    }

    @Test
    void aModuleThatIsPulledOutIsNamedAndFoundAgain() throws Exception {
        try (Running chassis = new Running(directory);
                Interposer card = chassis.open()) {
            card.bind("port3", "a", 1);
            chassis.faults("slot 1 pulled");
            chassis.await(() -> chassis.power().equals("0000"));
            chassis.await(() -> !card.warnings().isEmpty());
            assertThatThrownBy(() -> card.route("port3")).isInstanceOf(HalException.Unavailable.class);
            card.unbind("port3", 2);
            chassis.faults("");
            chassis.await(() -> card.warnings().isEmpty());
            assertThat(card.sanitise("port3").verifiedBytes()).isEqualTo(4 << 20);
            assertThat(chassis.power()).isEqualTo("0000");
        }
    }

    @Test
    void whatTakesMoreThanIsGivenTripsAndShowsAsLostToItsHost() throws Exception {
        try (Running chassis = new Running(directory);
                Interposer card = chassis.open()) {
            card.bind("port16", "c", 1);
            Files.writeString(directory.resolve("sys/bus/pci/slots/6/power"), "1\n");
            chassis.faults("supply 7-0058 fails");
            chassis.await(() -> chassis.power().equals("0000"));
            assertThatThrownBy(() -> card.route("port16")).hasMessageContaining("it has no power");
        }
    }

    /** A chassis that turns, and how its card is told of it. */
    private static final class Running implements AutoCloseable {
        private final Path directory;
        private final ChassisServer server;
        private final CountDownLatch closing = new CountDownLatch(1);
        private final Thread turning;

        Running(Path directory) throws IOException {
            this.directory = directory;
            this.server = ChassisServer.start(
                    ChassisPlan.parse(PLAN, directory.toString()), directory, new InetSocketAddress("127.0.0.2", 0));
            this.turning = new Thread(this::turn, "chassis");
            turning.start();
        }

        private void turn() {
            try {
                while (!closing.await(1, TimeUnit.MILLISECONDS)) {
                    server.turn();
                }
            } catch (InterruptedException | IOException failed) {
                throw new AssertionError(failed);
            }
        }

        Interposer open() throws Exception {
            Map<String, String> settings = new TreeMap<>();
            settings.put("root", directory.toString());
            settings.put("modules", MODULES);
            settings.put("supplies", "7-0058, 7-0059");
            settings.put("fans", "8-0020");
            settings.put("links", "a 10-0050, c 10-0051");
            settings.put(
                    "cxl-switch.switch",
                    "127.0.0.1:" + server.cxlAddress().orElseThrow().getPort());
            settings.put("cxl-switch.lend", "3=4MiB, 4");
            settings.put("cxl-switch.hosts", "a=0, c=1");
            settings.put("cxl-switch.wash", "2");
            settings.put("cxl-switch.washWindow", directory + "/wash/{vppb}.mem");
            settings.put(
                    "switchtec.address",
                    "127.0.0.2:" + server.switchtecAddress().orElseThrow().getPort());
            settings.put("switchtec.hosts", "a=0,c=1");
            settings.put("switchtec.slices", "device 16 wipe none-kept on gpu0; device 20 wipe none-kept on nvme0");
            return new ChassisProvider().open("node", settings);
        }

        String power() {
            return IntStream.of(1, 2, 5, 6)
                    .mapToObj(slot -> read("sys/bus/pci/slots/" + slot + "/power"))
                    .collect(Collectors.joining());
        }

        void faults(String text) throws IOException {
            Files.writeString(directory.resolve("faults"), text);
        }

        void awaitKept(String line) throws InterruptedException {
            await(() -> read("cxl.bound").contains(line));
        }

        void await(Seen seen) throws InterruptedException {
            while (!seen.isSeen()) {
                Thread.sleep(1);
            }
        }

        interface Seen {
            boolean isSeen();
        }

        private String read(String path) {
            try {
                return Files.readString(directory.resolve(path)).strip();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void close() throws Exception {
            closing.countDown();
            turning.join();
            server.close();
        }
    }
}
