package org.rackweave.sim.chassis;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.sim.cxl.CxlSwitchServer;
import org.rackweave.sim.cxl.SwitchPlan;
import org.rackweave.sim.cxl.SwitchText;
import org.rackweave.sim.interposer.DurableText;
import org.rackweave.sim.switchtec.SwitchtecServer;

/**
 * A chassis that runs: its switches listen, its folder shows it, and {@link #turn} lets happen what somebody wrote there.
 *
 * <pre>
 * DIR/sys/bus/pci/slots/3/power            written by the card: 1 or 0
 * DIR/sys/...                              what slots and chips say
 * DIR/faults                               what is wrong, see {@link Trouble}
 * DIR/cxl.bound, DIR/switchtec.state       how the switches stand
 * </pre>
 */
final class ChassisServer implements AutoCloseable {
    private static final String ON = "1";
    private static final String OFF = "0";

    private final ChassisPlan plan;
    private final Path directory;
    private final Optional<CxlSwitchServer> cxl;
    private final Optional<SwitchtecServer> switchtec;
    private Set<Integer> on = Set.of();

    private ChassisServer(
            ChassisPlan plan, Path directory, Optional<CxlSwitchServer> cxl, Optional<SwitchtecServer> switchtec) {
        this.plan = plan;
        this.directory = directory;
        this.cxl = cxl;
        this.switchtec = switchtec;
    }

    /** @param address where the Switchtec listens; the CXL switch's plan says where that one does */
    static ChassisServer start(ChassisPlan plan, Path directory, InetSocketAddress address) throws IOException {
        Files.createDirectories(directory);
        Optional<CxlSwitchServer> cxl = plan.cxl().isEmpty()
                ? Optional.empty()
                : Optional.of(CxlSwitchServer.start(cxlPlan(plan, directory), Dialect.CXL3));
        try {
            Optional<SwitchtecServer> switchtec = plan.switchtec().isEmpty()
                    ? Optional.empty()
                    : Optional.of(SwitchtecServer.start(
                            address, text(plan.switchtec().stream()), directory.resolve("switchtec.state")));
            ChassisServer server = new ChassisServer(plan, directory, cxl, switchtec);
            server.begin();
            return server;
        } catch (IOException failed) {
            if (cxl.isPresent()) {
                cxl.get().close();
            }
            throw failed;
        }
    }

    /** What was bound when it ended goes before what its plan says. */
    private static SwitchPlan cxlPlan(ChassisPlan plan, Path directory) throws IOException {
        Path kept = directory.resolve("cxl.bound");
        Stream<String> lines = Files.exists(kept)
                ? Stream.concat(
                        plan.cxl().stream().filter(line -> !line.startsWith("bound ")),
                        Files.readAllLines(kept).stream())
                : plan.cxl().stream();
        return SwitchText.parse(text(lines));
    }

    private static String text(Stream<String> lines) {
        return lines.collect(Collectors.joining("\n", "", "\n"));
    }

    private void begin() throws IOException {
        for (ChassisPlan.Slot slot : plan.slots()) {
            Path power = power(slot);
            if (!Files.exists(power)) {
                show(power, OFF);
            }
            unplug(slot);
        }
        turn();
    }

    Optional<InetSocketAddress> cxlAddress() throws IOException {
        return cxl.isPresent() ? Optional.of(cxl.get().address()) : Optional.empty();
    }

    Optional<InetSocketAddress> switchtecAddress() {
        return switchtec.map(SwitchtecServer::address);
    }

    /**
     * Does what is due, once.
     *
     * @return what somebody at the chassis would notice: the supplies tripped
     */
    Optional<String> turn() throws IOException {
        Set<Integer> wanted = wanted();
        Set<Trouble> troubles = troubles();
        ChassisState state = ChassisState.settled(plan, troubles, wanted);
        for (ChassisPlan.Slot slot : plan.slots()) {
            boolean isOn = state.on().contains(slot.number());
            if (isOn && !on.contains(slot.number())) {
                plug(slot);
            } else if (!isOn && on.contains(slot.number())) {
                unplug(slot);
            }
            if (!isOn && wanted.contains(slot.number())) {
                show(power(slot), OFF);
            }
        }
        // Only now: a link that shows leads to what is there.
        for (Map.Entry<String, String> each : state.attributes().entrySet()) {
            show(directory.resolve(each.getKey()), each.getValue());
        }
        keepBindings();
        on = state.on();
        long wantedWatts = new ChassisState(plan, troubles, wanted).takenWatts();
        return state.on().isEmpty() && wantedWatts > state.givenWatts()
                ? Optional.of("the supplies give " + state.givenWatts() + " W and " + wantedWatts
                        + " W were taken: all slots are off")
                : Optional.empty();
    }

    /** A file that is just being written is empty for a moment, and then means what it meant. */
    private Set<Integer> wanted() throws IOException {
        Set<Integer> wanted = new TreeSet<>();
        for (ChassisPlan.Slot slot : plan.slots()) {
            String power = Files.readString(power(slot), StandardCharsets.UTF_8).strip();
            if (power.equals(ON) || (power.isEmpty() && on.contains(slot.number()))) {
                wanted.add(slot.number());
            }
        }
        return wanted;
    }

    private Set<Trouble> troubles() throws IOException {
        Path faults = directory.resolve("faults");
        try {
            return Files.exists(faults) ? Trouble.parse(Files.readString(faults, StandardCharsets.UTF_8)) : Set.of();
        } catch (IllegalArgumentException wrong) {
            throw new IOException(faults + ": " + wrong.getMessage(), wrong);
        }
    }

    private void plug(ChassisPlan.Slot slot) throws IOException {
        switch (slot.behind()) {
            case CXL -> cxl.orElseThrow().plug(slot.port());
            case SWITCHTEC -> switchtec.orElseThrow().plug(slot.port());
        }
    }

    private void unplug(ChassisPlan.Slot slot) throws IOException {
        switch (slot.behind()) {
            case CXL -> cxl.orElseThrow().unplug(slot.port());
            case SWITCHTEC -> switchtec.orElseThrow().unplug(slot.port());
        }
    }

    private void keepBindings() throws IOException {
        if (cxl.isPresent()) {
            List<SwitchPlan.Bound> bound = cxl.get().bound();
            Path kept = directory.resolve("cxl.bound");
            String now = text(bound.stream()
                    .map(each -> "bound " + each.virtualSwitch() + " " + each.vppb() + " to " + each.port()
                            + each.logicalDevice().map(ld -> " ld " + ld).orElse("")));
            if (!Files.exists(kept)
                    || !Files.readString(kept, StandardCharsets.UTF_8).equals(now)) {
                DurableText.replace(kept, now);
            }
        }
    }

    private Path power(ChassisPlan.Slot slot) {
        return directory.resolve(ChassisState.SLOTS + slot.number() + "/power");
    }

    /** Whoever reads meanwhile finds the old or the new, never a part. */
    private static void show(Path file, String value) throws IOException {
        String line = value + "\n";
        if (Files.exists(file) && Files.readString(file, StandardCharsets.UTF_8).equals(line)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Path beside = file.resolveSibling("." + file.getFileName());
        Files.writeString(beside, line, StandardCharsets.UTF_8);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        if (switchtec.isPresent()) {
            switchtec.get().close();
        }
        if (cxl.isPresent()) {
            cxl.get().close();
        }
    }
}
