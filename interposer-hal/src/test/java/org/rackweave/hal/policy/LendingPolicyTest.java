package org.rackweave.hal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.discovery.CapturedMachine;
import org.rackweave.hal.discovery.Discovery;
import org.rackweave.hal.inventory.CxlBus;
import org.rackweave.hal.inventory.CxlMemoryDevice;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.MemoryBlock;
import org.rackweave.hal.inventory.MemoryLayout;
import org.rackweave.hal.inventory.NumaNode;
import org.rackweave.hal.inventory.Partitions;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.policy.WithheldSlice.Reason;

class LendingPolicyTest {
    private static final KeepRules KEEP_NOTHING = new KeepRules(0, 0, Set.of(), Set.of());

    private static Inventory inventory(String machine) throws Exception {
        return Discovery.of(new CapturedMachine(machine).tree()).inventory();
    }

    private static HardwareIdentity id(String text) {
        return new HardwareIdentity(text);
    }

    private static LendingDecision decide(Inventory inventory, KeepRules keep, String... claims) {
        Set<HardwareIdentity> claimed =
                Stream.of(claims).map(HardwareIdentity::new).collect(Collectors.toSet());
        return new LendingPolicy(keep, claimed).decide(inventory, Set.of());
    }

    private static Reason reason(LendingDecision decision, String identity) {
        List<Reason> reasons = decision.withheld().stream()
                .filter(slice -> slice.identity().equals(id(identity)))
                .map(WithheldSlice::reason)
                .toList();
        assertThat(reasons).as("reasons for %s", identity).hasSize(1);
        return reasons.get(0);
    }

    @Test
    void whatNobodyClaimsIsNotOffered() throws Exception {
        LendingDecision decision = decide(inventory("sriov"), KEEP_NOTHING);
        assertThat(decision.offered()).isEmpty();
        assertThat(decision.withheld()).extracting(WithheldSlice::reason).contains(Reason.NOT_CLAIMED);
    }

    @Test
    void theFreePartOfAClaimedCxlDeviceIsOfferedAndATakenOneIsNot() throws Exception {
        Inventory machine = inventory("cxl-switch");
        String taken = serialOf(machine, 0);
        String free = serialOf(machine, 512L << 20);
        LendingDecision decision = decide(machine, KEEP_NOTHING, taken, free);
        assertThat(decision.offered())
                .containsExactly(new OfferableSlice(id(free), SliceKind.MEMORY, 512L << 20, Set.of("memory/cxl")));
        assertThat(reason(decision, taken)).isEqualTo(Reason.IN_USE);
    }

    private static String serialOf(Inventory machine, long freeBytes) {
        return machine.cxl().devices().stream()
                .filter(device -> machine.cxl().freeVolatileBytes(device).equals(OptionalLong.of(freeBytes)))
                .map(device -> "cxl:0x" + Long.toHexString(device.serial().orElseThrow()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void memoryOfACxlRegionIsNeverOfferedAsTheMachinesOwn() throws Exception {
        LendingDecision decision = decide(inventory("cxl-switch"), KEEP_NOTHING, "memory:node0", "memory:node1");
        assertThat(decision.offered())
                .extracting(slice -> slice.identity().value())
                .containsExactly("memory:node0");
        assertThat(reason(decision, "memory:node1")).isEqualTo(Reason.INFRASTRUCTURE);
    }

    @Test
    void memoryOfACxlRegionOnANodeWithCpusIsTakenOffThatNode() throws Exception {
        Inventory machine = inventory("cxl-switch");
        long blockBytes = machine.memory().blockSizeBytes().orElseThrow();
        long own = machine.numaNodes().get(0).memoryBytes().orElseThrow();
        NumaNode merged = new NumaNode(
                0,
                machine.numaNodes().get(0).cpus(),
                OptionalLong.of(own + 4 * blockBytes),
                machine.numaNodes().get(0).distances());
        Inventory moved = new Inventory(
                machine.machine(),
                machine.cpus(),
                List.of(merged),
                new MemoryLayout(
                        machine.memory().totalBytes(),
                        machine.memory().blockSizeBytes(),
                        machine.memory().blocks().stream()
                                .map(block -> new MemoryBlock(
                                        block.index(), block.state(), block.removal(), OptionalInt.of(0)))
                                .toList()),
                machine.pciFunctions(),
                machine.cxl(),
                List.of(),
                List.of(),
                Partitions.NONE,
                List.of(),
                Optional.empty(),
                List.of());
        assertThat(decide(moved, KEEP_NOTHING, "memory:node0").offered())
                .extracting(OfferableSlice::amount)
                .containsExactly(own);
    }

    @Test
    void twoDevicesWithOneSerialNumberAreNotTold() throws Exception {
        Inventory machine = withDevices(inventory("cxl-switch"), 7, 7);
        LendingDecision decision = decide(machine, KEEP_NOTHING, "cxl:0x7");
        assertThat(decision.offered()).isEmpty();
        assertThat(reason(decision, "unidentified:mem0")).isEqualTo(Reason.IDENTITY_UNKNOWN);
        assertThat(decision.absent()).containsExactly(id("cxl:0x7"));
    }

    @Test
    void aDeviceWithoutASerialNumberIsNotOffered() throws Exception {
        LendingDecision decision = decide(withDevices(inventory("cxl-switch"), 0, 7), KEEP_NOTHING, "cxl:0x0");
        assertThat(reason(decision, "unidentified:mem0")).isEqualTo(Reason.IDENTITY_UNKNOWN);
        assertThat(decision.absent()).containsExactly(id("cxl:0x0"));
    }

    private static Inventory withDevices(Inventory machine, long... serials) {
        List<CxlMemoryDevice> devices = new ArrayList<>();
        for (long serial : serials) {
            CxlMemoryDevice old = machine.cxl().devices().get(devices.size());
            devices.add(new CxlMemoryDevice(
                    old.name(),
                    OptionalLong.of(serial),
                    old.function(),
                    old.firmware(),
                    old.volatileBytes(),
                    old.persistentBytes(),
                    old.numaNode()));
        }
        CxlBus cxl = new CxlBus(
                devices,
                machine.cxl().ports(),
                machine.cxl().decoders(),
                machine.cxl().regions());
        return new Inventory(
                machine.machine(),
                machine.cpus(),
                machine.numaNodes(),
                machine.memory(),
                machine.pciFunctions(),
                cxl,
                List.of(),
                List.of(),
                Partitions.NONE,
                List.of(),
                Optional.empty(),
                List.of());
    }

    @Test
    void whatIsBorrowedIsNotOfferedEvenWhenItIsClaimed() throws Exception {
        Inventory machine = inventory("cxl-switch");
        HardwareIdentity free = id(serialOf(machine, 512L << 20));
        LendingDecision decision = new LendingPolicy(KEEP_NOTHING, Set.of(free)).decide(machine, Set.of(free));
        assertThat(decision.offered()).isEmpty();
        assertThat(reason(decision, free.value())).isEqualTo(Reason.BORROWED);
    }

    @Test
    void theFunctionsBelowABorrowedBridgeAndTheVirtualOnesOfABorrowedFunctionAreBorrowed() throws Exception {
        Inventory machine = inventory("sriov");
        HardwareIdentity physical = id("pci:0000:01:00.0:8086-10c9");
        HardwareIdentity virtual = id("pci:0000:01:10.0:8086-10ca");
        HardwareIdentity port = id("pci:0000:00:04.0:1b36-000c");
        for (HardwareIdentity borrowed : List.of(physical, port)) {
            LendingDecision decision =
                    new LendingPolicy(KEEP_NOTHING, Set.of(virtual)).decide(machine, Set.of(borrowed));
            assertThat(reason(decision, virtual.value())).isEqualTo(Reason.BORROWED);
        }
    }

    @Test
    void virtualFunctionsAreOfferedAndThePhysicalOneThatHasThemIsNot() throws Exception {
        LendingDecision decision =
                decide(inventory("sriov"), KEEP_NOTHING, "pci:0000:01:00.0:8086-10c9", "pci:0000:01:10.0:8086-10ca");
        assertThat(decision.offered())
                .containsExactly(new OfferableSlice(
                        id("pci:0000:01:10.0:8086-10ca"), SliceKind.FUNCTION, 1, Set.of("net", "sriov/virtual")));
        assertThat(reason(decision, "pci:0000:01:00.0:8086-10c9")).isEqualTo(Reason.IN_USE);
    }

    @Test
    void aFunctionThatSharesItsIommuGroupIsNotOffered() throws Exception {
        LendingDecision decision = decide(inventory("sriov"), KEEP_NOTHING, "pci:0000:00:1f.2:8086-2922");
        assertThat(reason(decision, "pci:0000:00:1f.2:8086-2922")).isEqualTo(Reason.SHARES_IOMMU_GROUP);
    }

    @Test
    void aFunctionWithoutAnIommuGroupIsNotOffered() throws Exception {
        LendingDecision decision = decide(inventory("arm-board"), KEEP_NOTHING, "pci:0000:01:00.0:1af4-1042");
        assertThat(reason(decision, "pci:0000:01:00.0:1af4-1042")).isEqualTo(Reason.ISOLATION_UNKNOWN);
    }

    @Test
    void aKeptAddressAndAKeptClassAreNotOffered() throws Exception {
        String virtual = "pci:0000:01:10.0:8086-10ca";
        PciAddress address = PciAddress.parse("0000:01:10.0").orElseThrow();
        for (KeepRules keep : List.of(
                new KeepRules(0, 0, Set.of(), Set.of(address)),
                new KeepRules(0, 0, Set.of(0x02), Set.of()),
                new KeepRules(0, 0, Set.of(0x0200), Set.of()))) {
            assertThat(reason(decide(inventory("sriov"), keep, virtual), virtual))
                    .isEqualTo(Reason.KEPT);
        }
    }

    @Test
    void keptCoresAndMemoryComeFromTheFirstNodesFirst() throws Exception {
        Inventory machine = inventory("two-socket");
        long firstBytes = machine.numaNodes().get(0).memoryBytes().orElseThrow();
        long secondBytes = machine.numaNodes().get(1).memoryBytes().orElseThrow();
        String[] all = {"cores:node0", "cores:node1", "memory:node0", "memory:node1"};
        LendingDecision some = decide(machine, new KeepRules(3, firstBytes + 4096, Set.of(), Set.of()), all);
        assertThat(some.offered())
                .containsExactly(
                        new OfferableSlice(id("cores:node1"), SliceKind.CORES, 1, Set.of("cpu/x86_64")),
                        new OfferableSlice(id("memory:node1"), SliceKind.MEMORY, secondBytes - 4096, Set.of()));
        assertThat(reason(some, "cores:node0")).isEqualTo(Reason.KEPT);
        assertThat(reason(some, "memory:node0")).isEqualTo(Reason.KEPT);
    }

    @Test
    void aClaimThatFindsNothingIsTold() throws Exception {
        assertThat(decide(inventory("sriov"), KEEP_NOTHING, "cxl:0xdead").absent())
                .containsExactly(id("cxl:0xdead"));
    }

    /** Random claims, loans and keep rules on every captured machine: the package's invariant holds whatever they are. */
    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void nothingIsOfferedThatIsNotClaimedOrIsBorrowedAndEverythingIsDecidedOnce(CapturedMachine captured)
            throws Exception {
        Inventory machine = Discovery.of(captured.tree()).inventory();
        List<HardwareIdentity> everything = decide(machine, KEEP_NOTHING).withheld().stream()
                .map(WithheldSlice::identity)
                .toList();
        assertThat(everything).doesNotHaveDuplicates();
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Set<HardwareIdentity> claimed = some(everything, random);
            Set<HardwareIdentity> borrowed = some(everything, random);
            KeepRules keep = new KeepRules(random.nextInt(9), random.nextInt(1 << 30), Set.of(), Set.of());
            LendingDecision decision = new LendingPolicy(keep, claimed).decide(machine, borrowed);
            List<HardwareIdentity> decided = new ArrayList<>();
            decision.offered().forEach(slice -> decided.add(slice.identity()));
            assertThat(claimed).as("seed %d", seed).containsAll(decided);
            assertThat(borrowed)
                    .as("seed %d", seed)
                    .doesNotContainAnyElementsOf(decided.isEmpty() ? List.of(id("x")) : decided);
            decision.withheld().forEach(slice -> decided.add(slice.identity()));
            assertThat(decided).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(everything);
            assertThat(new LendingPolicy(keep, claimed).decide(machine, borrowed))
                    .isEqualTo(decision);
        }
    }

    private static Set<HardwareIdentity> some(List<HardwareIdentity> all, Random random) {
        Set<HardwareIdentity> chosen = new HashSet<>(all);
        chosen.removeIf(each -> random.nextBoolean());
        return chosen;
    }
}
