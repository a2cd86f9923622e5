package org.rackweave.sim.interposer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;
import org.rackweave.hal.Latency;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.WipeReport;

class FileWindowInterposerTest extends InterposerContract {
    private static final long SLICE_BYTES = 1 << 20;
    private static final byte[] PATTERN = "left by the last borrower".getBytes(StandardCharsets.UTF_8);
    private static final long PATTERN_AT = 700_000;

    private static final String EVERY_KIND =
            "2 memory 1MiB; 2 cores 2; 1 lanes 8 pcie/gen5; 1 function net/100g on nic0;"
                    + " 1 pcie-device nvme fatal;"
                    + " 1 accelerator crypto/aes-gcm,crypto/sha3 loads aes-gcm-v2.bit,sha3.bit on fpga0";

    @TempDir
    Path root;

    private RackDirectory rack() {
        return new RackDirectory(root);
    }

    @Override
    protected Interposer open() throws HalException {
        return new SimulatedInterposerProvider().open("b", Map.of("rackDir", root.toString(), "slices", EVERY_KIND));
    }

    /** The contract has one open already; these tests need their own rack beside it. */
    private Interposer openNode(String node) throws HalException {
        return new SimulatedInterposerProvider()
                .open(node, Map.of("rackDir", root.toString(), "memorySlices", "2", "sliceBytes", "1MiB"));
    }

    @Test
    void theProviderIsFoundByTheWordThatTheConfigurationUses() {
        assertThat(ServiceLoader.load(InterposerProvider.class))
                .anySatisfy(provider -> assertThat(provider.name()).isEqualTo("simulated"));
    }

    @Test
    void whatTheHostWritesThroughItsWindowIsInTheOwnersSlice() throws Exception {
        try (Interposer node = openNode("d")) {
            writePattern(Path.of(node.bind("mem0", "a", 1).address()));
            assertThat(patternIn(rack().memory("d", "mem0"))).isEqualTo(PATTERN);
        }
    }

    @Test
    void aRackFileDeclaresSlicesOfEveryKind() throws Exception {
        try (Interposer node = openWith("d", Map.of("slices", EVERY_KIND, "fabric", "switch1"))) {
            assertThat(node.slices())
                    .extracting(HardwareSlice::key)
                    .containsExactly("mem0", "mem1", "cores0", "cores1", "lanes0", "fn0", "dev0", "acc0");
            HardwareSlice accelerator = node.slices().get(7);
            assertThat(accelerator.kind()).isEqualTo(SliceKind.ACCELERATOR);
            assertThat(accelerator.capabilities()).containsExactlyInAnyOrder("crypto/aes-gcm", "crypto/sha3");
            assertThat(accelerator.configurations()).containsExactlyInAnyOrder("aes-gcm-v2.bit", "sha3.bit");
            assertThat(accelerator.place()).isEqualTo(new HardwarePlace("switch1", "fpga0", Latency.SWITCH));
            assertThat(node.slices().get(6).forcedEnd()).isEqualTo(ForcedEnd.FATAL);
            assertThat(node.slices().get(4).amount()).isEqualTo(8);
            assertThat(node.slices().get(2).place().latency())
                    .as("cores stay at the lender")
                    .isEqualTo(Latency.NETWORK);
        }
    }

    @Test
    void aHostSeesInItsWindowWhatItGot() throws Exception {
        try (Interposer node = openWith("d", Map.of("slices", EVERY_KIND))) {
            String digest = node.load("acc0", "sha3.bit", 1).digest();
            HardwareAttachment accelerator = node.bind("acc0", "a", 1);
            assertThat(accelerator.kind()).isEqualTo("accelerator");
            assertThat(Files.readString(Path.of(accelerator.address())))
                    .startsWith("accelerator d/acc0\namount 1\ncapabilities crypto/aes-gcm crypto/sha3\n"
                            + "loaded sha3.bit sha256:" + digest + "\n");
            HardwareAttachment cores = node.bind("cores1", "a", 1);
            assertThat(cores.kind()).isEqualTo("execution-slot");
            assertThat(Files.readString(Path.of(cores.address())))
                    .startsWith("execution-slot d/cores1\namount 2\ncpus 2-3\n");
            assertThat(Path.of(node.bind("fn0", "a", 1).address()))
                    .isEqualTo(rack().window("a", "d", "fn0", SliceKind.FUNCTION))
                    .hasSize(4096);
            node.unbind("acc0", 1);
            assertThat(Path.of(accelerator.address())).doesNotExist();
        }
    }

    @Test
    void whatAHostLeftInAnAcceleratorAndItsSlotIsGone() throws Exception {
        try (Interposer node = openWith("d", Map.of("slices", EVERY_KIND))) {
            for (String key : new String[] {"acc0", "cores0", "fn0"}) {
                Path window = Path.of(node.bind(key, "a", 1).address());
                try (FileChannel channel = FileChannel.open(window, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(PATTERN), 2_000);
                }
                node.unbind(key, 1);
                node.sanitise(key);
                assertThat(Files.readString(Path.of(node.bind(key, "c", 2).address())))
                        .as(key)
                        .doesNotContain(new String(PATTERN, StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void aLoadThatWasToldToFailLeavesTheDefaultState() throws Exception {
        try (Interposer node = openWith("d", Map.of("slices", EVERY_KIND))) {
            tell("load refuse 1");
            assertThatThrownBy(() -> node.load("acc0", "sha3.bit", 1)).isInstanceOf(HalException.Refused.class);
            assertThat(node.loaded("acc0")).isEmpty();
            tell("load unknown 1");
            assertThatThrownBy(() -> node.load("acc0", "sha3.bit", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
            assertThat(node.loaded("acc0")).isPresent();
            tell("loaded gone 1");
            assertThatThrownBy(() -> node.loaded("acc0")).isInstanceOf(HalException.Unavailable.class);
        }
    }

    @Test
    void whatIsLoadedIsNeverGuessed() throws Exception {
        try (Interposer node = openWith("d", Map.of("slices", EVERY_KIND))) {
            Files.writeString(rack().loaded("d", "acc0"), "simulated conf");
            assertThatThrownBy(() -> node.loaded("acc0"))
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContaining("acc0.loaded");
        }
    }

    private Interposer openWith(String node, Map<String, String> settings) throws HalException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("rackDir", root.toString());
        return new SimulatedInterposerProvider().open(node, all);
    }

    @Test
    void theWindowIsThereOnlyWhileTheSliceIsBound() throws Exception {
        try (Interposer node = openNode("d")) {
            Path window = Path.of(node.bind("mem0", "a", 1).address());
            assertThat(window).isEqualTo(rack().window("a", "d", "mem0")).hasSize(SLICE_BYTES);
            node.unbind("mem0", 1);
            assertThat(window).doesNotExist();
        }
    }

    @Test
    void theOwnerSeesWhatWasLeftBetweenFenceAndWipeAndNothingAfter() throws Exception {
        try (Interposer node = openNode("d")) {
            writePattern(Path.of(node.bind("mem0", "a", 1).address()));
            node.unbind("mem0", 1);
            assertThat(patternIn(rack().memory("d", "mem0"))).isEqualTo(PATTERN);
            node.sanitise("mem0");
            assertThat(patternIn(rack().memory("d", "mem0"))).isEqualTo(new byte[PATTERN.length]);
        }
    }

    @Test
    void aHostThatKeptItsMappingReachesNothingAfterTheFence() throws Exception {
        try (Interposer node = openNode("d")) {
            Path window = Path.of(node.bind("mem0", "a", 1).address());
            MappedByteBuffer kept = map(window);
            kept.put((int) PATTERN_AT, PATTERN);
            node.unbind("mem0", 1);
            assertThat(isBusErrorAt(kept, (int) PATTERN_AT)).isTrue();
        }
    }

    @Test
    void aHostThatKeptItsFileOpenSeesNothingOfTheNextBorrower() throws Exception {
        try (Interposer node = openNode("d");
                FileChannel kept = FileChannel.open(
                        Path.of(node.bind("mem0", "a", 1).address()),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            node.unbind("mem0", 1);
            node.sanitise("mem0");
            Path next = Path.of(node.bind("mem0", "c", 2).address());
            writePattern(next);
            assertThat(kept.size()).isZero();
            kept.write(ByteBuffer.wrap("late".getBytes(StandardCharsets.UTF_8)), PATTERN_AT);
            assertThat(patternIn(next)).isEqualTo(PATTERN);
        }
    }

    @Test
    void onlyOneProcessDrivesANodesHardware() throws Exception {
        try (Interposer first = openNode("d")) {
            assertThat(first.slices()).isNotEmpty();
            assertThatThrownBy(() -> openNode("d"))
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContaining("another process");
        }
        openNode("d").close();
    }

    @Test
    void aCrashAfterTheRouteAndBeforeTheWindowIsMendedByTheSameBind() throws Exception {
        try (Interposer node = openNode("d")) {
            RouteRegister.bound("a", 4).write(rack().route("d", "mem0"));
            assertThat(node.route("mem0")).isEqualTo(new Route.Bound("a", 4));
            assertThat(Path.of(node.bind("mem0", "a", 4).address())).hasSize(SLICE_BYTES);
        }
    }

    @Test
    void aCrashBetweenTheCopyAndTheCutIsMendedByTheSameUnbind() throws Exception {
        try (Interposer node = openNode("d")) {
            Path window = Path.of(node.bind("mem0", "a", 1).address());
            writePattern(window);
            MappedByteBuffer kept = map(window);
            Path memory = rack().memory("d", "mem0");
            Path old = memory.resolveSibling("mem0.mem.fenced");
            Files.createLink(old, memory);
            Files.copy(memory, memory.resolveSibling("mem0.mem.copy"));
            Files.move(memory.resolveSibling("mem0.mem.copy"), memory, StandardCopyOption.REPLACE_EXISTING);
            assertThat(node.route("mem0")).isEqualTo(new Route.Bound("a", 1));

            node.unbind("mem0", 1);

            assertThat(node.route("mem0")).isInstanceOf(Route.Unbound.class);
            assertThat(patternIn(memory)).isEqualTo(PATTERN);
            assertThat(old).doesNotExist();
            assertThat(isBusErrorAt(kept, 0)).isTrue();
        }
    }

    @Test
    void aCrashInTheMiddleOfAWipeIsMendedAtTheNextStart() throws Exception {
        openNode("d").close();
        Path memory = rack().memory("d", "mem0");
        long lengthBytes = Files.size(memory);
        Files.write(memory, new byte[0]);

        try (Interposer node = openNode("d")) {
            assertThat(memory).hasSize(lengthBytes);
            assertThat(node.sanitise("mem0").verifiedBytes()).isEqualTo(lengthBytes);
        }
    }

    @Test
    void aRouteThatWasTornIsSaidToBeUnreadableAndNeverGuessed() throws Exception {
        try (Interposer node = openNode("d")) {
            Files.writeString(rack().route("d", "mem0"), "bound a");
            assertThatThrownBy(() -> node.route("mem0"))
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContaining("not a route");
        }
    }

    @Test
    void aRouteNeverChangesItsLengthSoThatOneWriteOfOneSectorIsAllOrNothing() throws Exception {
        try (Interposer node = openNode("d")) {
            Path route = rack().route("d", "mem0");
            assertThat(route).hasSize(256);
            node.bind("mem0", "a-host-with-a-long-name." + "x".repeat(90), Long.MAX_VALUE / 10);
            assertThat(route).hasSize(256);
            node.unbind("mem0", Long.MAX_VALUE / 10);
            assertThat(route).hasSize(256);
            assertThat(Files.readString(route).strip()).isEqualTo("unbound " + Long.MAX_VALUE / 10);
        }
    }

    @Test
    void hostNamesCannotLeaveTheRackDirectory() throws Exception {
        try (Interposer node = openNode("d")) {
            for (String host : new String[] {"../evil", "", ".", "a/b", "a b"}) {
                assertThatThrownBy(() -> node.bind("mem0", host, 1)).isInstanceOf(HalException.Refused.class);
            }
        }
    }

    @Test
    void slicesOfAnotherLengthThanConfiguredAreNotTouched() throws Exception {
        openNode("d").close();
        assertThatThrownBy(() -> new SimulatedInterposerProvider()
                        .open("d", Map.of("rackDir", root.toString(), "sliceBytes", "2MiB")))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("1048576");
    }

    @Test
    void settingsThatAreWrongAreRefusedByName() {
        assertRefused(Map.of(), "rackDir");
        assertRefused(Map.of("rackDir", "x", "slice", "3"), "unknown setting slice");
        assertRefused(Map.of("rackDir", "x", "slices", "3"), "kinds are accelerator, cores");
        assertRefused(Map.of("rackDir", "x", "slices", "many memory"), "how many");
        assertRefused(Map.of("rackDir", "x", "slices", "2 memory 5000"), "multiple of 4KiB");
        assertRefused(Map.of("rackDir", "x", "slices", "2 memory 999999999999GiB"), "sliceBytes");
        assertRefused(Map.of("rackDir", "x", "slices", "1 function 3 net/100g"), "more of them in front");
        assertRefused(Map.of("rackDir", "x", "slices", "1 accelerator Crypto"), "crypto/aes-gcm");
        assertRefused(Map.of("rackDir", "x", "slices", "1 accelerator loads"), "after loads");
        assertRefused(Map.of("rackDir", "x", "slices", "1 accelerator loads ../evil"), "../evil");
        assertRefused(Map.of("rackDir", "x", "slices", "200 cores; 57 lanes"), "at most 256");
        assertRefused(Map.of("rackDir", "x", "slices", "1 cores", "memorySlices", "4"), "the one or the others");
        assertRefused(Map.of("rackDir", "x", "latency", "near"), "latency");
        assertRefused(Map.of("rackDir", "x", "memorySlices", "many"), "memorySlices");
        assertRefused(Map.of("rackDir", "x", "memorySlices", "257"), "memorySlices");
        assertRefused(Map.of("rackDir", "x", "sliceBytes", "1GB"), "sliceBytes");
        assertRefused(Map.of("rackDir", "x", "sliceBytes", "5000"), "sliceBytes");
        assertRefused(Map.of("rackDir", "x", "forcedEnd", "maybe"), "forcedEnd");
    }

    private static void assertRefused(Map<String, String> settings, String word) {
        assertThatThrownBy(() -> new SimulatedInterposerProvider().open("d", settings))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining(word);
    }

    @Test
    void aRefusalThatWasToldChangesNothingAndIsUsedUp() throws Exception {
        try (Interposer node = openNode("d")) {
            tell("bind refuse 1");
            assertThatThrownBy(() -> node.bind("mem0", "a", 1)).isInstanceOf(HalException.Refused.class);
            assertThat(node.route("mem0")).isInstanceOf(Route.Unbound.class);
            node.bind("mem0", "a", 1);
        }
    }

    @Test
    void anUnknownOutcomeOfABindMayHaveTakenEffect() throws Exception {
        try (Interposer node = openNode("d")) {
            tell("bind unknown 1");
            assertThatThrownBy(() -> node.bind("mem0", "a", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
            assertThat(node.route("mem0")).isEqualTo(new Route.Bound("a", 1));
        }
    }

    @Test
    void aHangEndsUnknownAndUndone() throws Exception {
        try (Interposer node = openNode("d")) {
            node.bind("mem0", "a", 1);
            tell("unbind hang 20ms 1");
            assertThatThrownBy(() -> node.unbind("mem0", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
            assertThat(node.route("mem0")).isEqualTo(new Route.Bound("a", 1));
        }
    }

    @Test
    void aWipeThatFailsIsFoundByReadingBack() throws Exception {
        try (Interposer node = openNode("d")) {
            tell("sanitise fail 1");
            WipeReport report = node.sanitise("mem0");
            assertThat(report.wipedBytes()).isEqualTo(SLICE_BYTES);
            assertThat(report.verifiedBytes()).isEqualTo(SLICE_BYTES - 1);
            assertThat(node.sanitise("mem0").verifiedBytes()).isEqualTo(SLICE_BYTES);
        }
    }

    @Test
    void aDelayHappensBeforeTheWipe() throws Exception {
        try (Interposer node = openNode("d")) {
            tell("sanitise delay 30ms");
            assertThat(node.sanitise("mem0").durationMillis()).isGreaterThanOrEqualTo(30);
            assertThat(node.sanitise("mem0").durationMillis()).isGreaterThanOrEqualTo(30);
        }
    }

    @Test
    void aFaultScriptThatCannotBeReadIsQuotedAndNothingIsDone() throws Exception {
        try (Interposer node = openNode("d")) {
            tell("bind explode");
            assertThatThrownBy(() -> node.bind("mem0", "a", 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("bind explode");
            assertThat(rack().window("a", "d", "mem0")).doesNotExist();
        }
    }

    private void tell(String line) throws IOException {
        Files.writeString(rack().faults("d"), "# told by a test\n" + line + "\n");
    }

    private static void writePattern(Path window) throws IOException {
        map(window).put((int) PATTERN_AT, PATTERN);
    }

    private static byte[] patternIn(Path memory) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PATTERN.length);
        try (FileChannel channel = FileChannel.open(memory, StandardOpenOption.READ)) {
            channel.read(bytes, PATTERN_AT);
        }
        return bytes.array();
    }

    private static MappedByteBuffer map(Path window) throws IOException {
        try (FileChannel channel = FileChannel.open(window, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
        }
    }

    /** The JVM survives a bus error by an error of its own, which arrives a few steps after the access that caused it. */
    private static boolean isBusErrorAt(MappedByteBuffer mapped, int position) {
        try {
            int read = 0;
            for (int i = 0; i < 1_000; i++) {
                read += mapped.get(position);
                Thread.yield();
            }
            return read == Integer.MIN_VALUE;
        } catch (InternalError busError) {
            return true;
        }
    }
}
