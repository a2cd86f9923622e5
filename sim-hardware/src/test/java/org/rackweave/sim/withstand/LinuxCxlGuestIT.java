package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.machines.Guest;

/**
 * CXL memory of a real kernel, lent by a daemon that was only configured to: in a guest with an emulated device an owner and a borrower,
 * and the field engineer's program. What moved is read by a shell of the guest, which knows nothing of them, and what is in the device in
 * the file that is its memory, which no kernel can make look cleaner than it is.
 */
@Tag("machines")
class LinuxCxlGuestIT {
    /** Emulated on processors that others use too: a wipe took 57 s, a program of Java 31 s to say something. */
    private static final Duration SOON = Duration.ofMinutes(5);

    private static final Duration ANSWER = Duration.ofMinutes(5);
    private static final long BYTES = 256L << 20;
    private static final String SLICE = "cxl:0xaaaa0002";
    private static final Path FILES = TrialGuest.FILES;
    private static final int PIECE_BYTES = 1 << 20;
    private static final String HOLDER = "hold-page.pl";

    /** What a program writes into borrowed memory: 4 MiB of this line. */
    private static final String SECRET = "RACKWEAVE SECRET";

    private static final String FOUR_MEBIBYTES_OF_IT = "yes " + SECRET + " | head -c 4194304";

    private static Path pool;
    private static TrialRack rack;
    private static TrialGuest guest;

    @BeforeAll
    static void aGuestWithACxlDeviceThatOneDaemonLendsToAnother() throws Exception {
        Path logs = Files.createDirectories(Path.of("target/machines/linux-cxl"));
        pool = logs.toAbsolutePath().resolve("pool");
        Files.deleteIfExists(pool);
        rack = TrialRack.of("owner", "borrower");
        Path files = rack.nodeFiles(Map.of("owner", owner(), "borrower", borrower()));
        try (InputStream in = Objects.requireNonNull(LinuxCxlGuestIT.class.getResourceAsStream(HOLDER), HOLDER)) {
            Files.copy(in, files.resolve(HOLDER));
        }
        Guest.CxlMemory device = new Guest.CxlMemory(0xaaaa0002L, pool, BYTES);
        guest = TrialGuest.boot(
                new Guest.Shape(2, 2048L << 20, Optional.of(files), List.of(device), List.of()), logs, ANSWER);
        shell("modprobe -a cxl_acpi cxl_pci cxl_mem cxl_port dax_cxl kmem device_dax");
        shell("cp -r " + FILES + "/* /tmp; chown -R 0:0 /tmp/identity-* /tmp/operator");
        // Emulated, a program that has its classes ready takes 6 s and not 20 s.
        shell("/tmp/rackweave/bin/rackweave-archive-classes");
        startNodes();
    }

    private static NodeSettings owner() {
        return node("owner")
                .with("lending.interposer.provider", "linux-cxl")
                .with("lending.interposer.settings.host", "guest")
                .with("lending.interposer.settings.memory", "\"0xaaaa0002 256MiB\"")
                .with("lending.hosts.borrower", "guest")
                .with("lending.claims", "[\"cxl:*\"]");
    }

    private static NodeSettings borrower() {
        return node("borrower")
                .with("network.coapPort", 5702)
                .with("lending.interposer.provider", "none")
                .with("borrowing.requestTimeout", "60s");
    }

    private static NodeSettings node(String name) {
        return new NodeSettings()
                .with("node.identityDir", "/tmp/identity-" + name)
                .with("node.stateDir", "/tmp/state-" + name)
                .with("network.interfaces", "[lo]")
                .with("network.ipv4Group", TrialRack.GROUP)
                .with("network.coapAddress", "127.0.0.1")
                .with("network.coapPort", 5701)
                .with("announce.minPeriod", "1s");
    }

    private static void startNodes() {
        for (String node : List.of("owner", "borrower")) {
            shell("mkdir -m 700 /tmp/state-" + node + "; setsid /tmp/rackweave/bin/rackweaved --config /tmp/" + node
                    + ".yaml > /tmp/" + node + ".log 2>&1 &");
        }
        Soon.is(
                "the nodes have found each other",
                SOON,
                () -> run("grep '^rackweaved ready' /tmp/owner.log && grep 'node.alive .* owner' /tmp/borrower.log")
                                .exitCode()
                        == 0);
    }

    @AfterAll
    static void switchOff() throws LabFailure {
        try {
            if (guest != null) {
                System.out.println(run("cat /tmp/owner.log /tmp/borrower.log").output());
                guest.close();
            }
        } finally {
            if (rack != null) {
                rack.close();
            }
        }
    }

    /** The owner has wiped it, as it does before it lends it the first time too. */
    @BeforeEach
    void theSliceIsFree() {
        awaitSlice("free");
    }

    /** A test that failed in the middle is to spoil no other. */
    @AfterEach
    void endPrograms() {
        run("kill -9 $(cat /tmp/holder.pid); umount -l /borrowed");
    }

    @Test
    void borrowedMemoryIsTheKernelsUntilItIsGivenBackAndWipedForTheNext() {
        long before = memTotalBytes();

        String loan = borrow();

        assertThat(memTotalBytes() - before).isEqualTo(BYTES);
        writeSecret();
        assertThat(secretIsIntact()).isTrue();
        assertThat(poolHoldsSecret()).isTrue();

        rackweave("borrower", "release", loan, "--yes");
        awaitSlice("free");
        assertThat(memTotalBytes()).isEqualTo(before);
        assertThat(poolIsZero()).isTrue();
        // The program lost nothing: the kernel moved its pages into other memory.
        assertThat(secretIsIntact()).isTrue();
        assertThat(rackweave("owner", "audit", "show", "-o", "json")).contains("slice.wiped", "linux-dax-zero");

        String next = borrow();
        assertThat(memTotalBytes() - before).isEqualTo(BYTES);
        assertThat(poolHoldsSecret()).isFalse();
        rackweave("borrower", "release", next, "--yes");
    }

    @Test
    void memoryThatAProgramHoldsIsNotPulledAndIsLentNoMoreUntilItIsLetGo() {
        long before = memTotalBytes();
        String loan = borrow();
        writeSecret();
        holdAPage();

        rackweave("borrower", "release", loan, "--yes");

        assertThat(awaitSlice("quarantined"))
                .contains("/state: write offline: not done within 30 s")
                .contains("a program holds pages there that the kernel cannot move");
        assertThat(memTotalBytes() - before).isEqualTo(BYTES);
        assertThat(secretIsIntact()).isTrue();
        assertThat(poolHoldsSecret()).isTrue();

        letGo();
        rackweave("owner", "quarantine", "end", SLICE, "--reason", "the program has ended", "--yes", "--wait");
        assertThat(memTotalBytes()).isEqualTo(before);
        assertThat(poolIsZero()).isTrue();
        assertThat(secretIsIntact()).isTrue();
    }

    // ---- the daemons -----------------------------------------------------------------------------------------------

    /** Waits in line, for that the slice is free may not have come round yet. */
    private static String borrow() {
        String said = rackweave(
                "borrower",
                "borrow",
                "--kind",
                "memory",
                "--amount",
                "256MiB",
                "--from",
                "owner",
                "--wait",
                "-o",
                "name");
        Matcher id = Pattern.compile("(?m)^[0-9a-f]{32}$").matcher(said);
        assertThat(id.find()).as(said).isTrue();
        return id.group();
    }

    /** What the owner says of its slice once it is in this state. */
    private static String awaitSlice(String state) {
        return Soon.get("the slice is " + state, SOON, () -> Optional.of(rackweave("owner", "slices", "-o", "json"))
                .filter(slices -> slices.contains("\"state\": \"" + state + "\"")));
    }

    private static String rackweave(String node, String... arguments) {
        return shell("/tmp/rackweave/bin/rackweave --config /tmp/" + node
                + ".yaml --identity /tmp/operator --timeout 4m '" + String.join("' '", arguments) + "'");
    }

    // ---- programs that use memory ----------------------------------------------------------------------------------

    /** Into files whose pages the kernel takes from the borrowed memory's node and from no other. */
    private static void writeSecret() {
        shell("mkdir -p /borrowed; mount -t tmpfs"
                + " -o size=8M,mpol=bind:$(cat /sys/bus/dax/devices/dax*/target_node) tmpfs /borrowed");
        shell(FOUR_MEBIBYTES_OF_IT + " > /borrowed/secret");
    }

    private static boolean secretIsIntact() {
        return run(FOUR_MEBIBYTES_OF_IT + " | cmp - /borrowed/secret").exitCode() == 0;
    }

    private static void holdAPage() {
        shell("setsid perl /tmp/" + HOLDER + " /borrowed/secret > /tmp/holder.log 2>&1 & echo $! > /tmp/holder.pid");
        Soon.is("a page is held", SOON, () -> shell("cat /tmp/holder.log").equals("holds"));
    }

    private static void letGo() {
        shell("kill -9 $(cat /tmp/holder.pid); while [ -d /proc/$(cat /tmp/holder.pid) ]; do sleep 0.1; done");
    }

    // ---- what the guest's kernel says ------------------------------------------------------------------------------

    private static long memTotalBytes() {
        return Long.parseLong(shell("sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo")) << 10;
    }

    private static String shell(String command) {
        return guest.shell(command);
    }

    private static Guest.Answer run(String command) {
        return guest.run(command);
    }

    // ---- the device's memory, seen from outside --------------------------------------------------------------------

    private static boolean poolIsZero() {
        byte[] zeros = new byte[PIECE_BYTES];
        return !hasPiece(piece -> !Arrays.equals(piece, zeros));
    }

    private static boolean poolHoldsSecret() {
        return hasPiece(piece -> new String(piece, StandardCharsets.ISO_8859_1).contains(SECRET));
    }

    private static boolean hasPiece(Predicate<byte[]> wanted) {
        try (InputStream in = Files.newInputStream(pool)) {
            for (long at = 0; at < BYTES; at += PIECE_BYTES) {
                if (wanted.test(in.readNBytes(PIECE_BYTES))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
