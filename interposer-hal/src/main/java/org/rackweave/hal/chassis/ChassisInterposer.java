package org.rackweave.hal.chassis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.rackweave.hal.DeviceState;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.LoadedConfiguration;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.sysfs.ChassisFiles;
import org.rackweave.hal.sysfs.HwmonChip;
import org.rackweave.hal.sysfs.PcieSlot;

/**
 * A chassis of modules. Its switches route; this decides whether there is power for what they route, and switches slots: on before a
 * module is wiped or bound, off once nothing of it is lent or waits for its wipe.
 *
 * <ul>
 *   <li>What is on together never takes more than the supplies give when the largest of them fails ({@link PowerBudget}).
 *   <li>While a supply or a fan is in trouble nothing new is bound; what is bound stays, and is wiped when it comes back. The same for a
 *       module whose own sensor complains, and for a host whose optical link is down.
 *   <li>A module that was pulled out has no route that could be read.
 * </ul>
 *
 * A bind that is refused for one of these has touched nothing. Its owner wants the slice wiped all the same: one that was wiped and not
 * bound since, in a module that sleeps, is not woken for that; its last wipe is what is told.
 */
public final class ChassisInterposer implements Interposer {
    /** PCIe gives a device a second after its reset, and a training takes less; slow firmware is given some more. */
    private static final Duration LINK_LIMIT = Duration.ofSeconds(10);

    /** As long as PCIe has software wait once it has taken the power from a slot. */
    private static final Duration DARK_LIMIT = Duration.ofSeconds(1);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final String BIND = "bind";
    private static final String OPEN = "open";

    private final ChassisFiles files;
    private final boolean isOfThisMachine;
    private final List<Supply> supplies;
    private final List<HwmonChip> fans;
    private final Map<String, HwmonChip> links;
    private final Map<String, Module> modules = new LinkedHashMap<>();
    private final List<Interposer> switches;
    private final Map<String, Member> members = new LinkedHashMap<>();

    /** Of each slice since this was opened. */
    private final Map<String, WipeReport> lastWipes = new HashMap<>();

    private final Map<String, DeviceState> lastTold = new HashMap<>();

    /** What was bound or unbound and not wiped since. */
    private final Set<String> used = new HashSet<>();

    /** What is behind a module that was out of its slot, and was not wiped since: another one may be in it now. */
    private final Set<String> strange = new HashSet<>();

    /** What had no power when this was opened: nobody uses it, whatever its switch says of it. */
    private final Set<Module> woken = new HashSet<>();

    /** What a slice is behind. */
    private record Member(HardwareSlice facts, Interposer routedBy, Module module) {}

    private record Module(PcieSlot slot, String device, long watts, Optional<HwmonChip> sensor) {
        String name() {
            return "slot " + slot.name() + " (" + device + ")";
        }
    }

    private record Supply(HwmonChip chip, long watts) {}

    /** Opens the switches of a chassis: all or none. */
    interface Switches {
        List<Interposer> open() throws HalException;
    }

    private ChassisInterposer(ChassisSettings settings, ChassisFiles files, Switches opener) throws HalException {
        this.files = files;
        this.isOfThisMachine = settings.root().getNameCount() == 0;
        this.supplies = supplies(settings, files);
        this.fans = settings.fans().stream().map(files::chip).toList();
        this.links = new LinkedHashMap<>();
        settings.links().forEach((host, chip) -> links.put(host, files.chip(chip)));
        for (ChassisSettings.Module each : settings.modules()) {
            modules.put(
                    each.device(),
                    new Module(
                            files.slot(each.slot()),
                            each.device(),
                            each.watts(),
                            each.sensor().map(files::chip)));
        }
        // Asleep, a pooled device would not say who it is.
        wakeWhatMayBe();
        this.switches = opener.open();
    }

    static ChassisInterposer open(ChassisSettings settings, ChassisFiles files, Switches opener) throws HalException {
        ChassisInterposer chassis = new ChassisInterposer(settings, files, opener);
        try {
            chassis.findMembers();
            for (Module module : chassis.modules.values()) {
                chassis.sleepUnlessUnknown(module);
            }
            return chassis;
        } catch (HalException failed) {
            chassis.switches.forEach(Interposer::close);
            throw failed;
        }
    }

    private static List<Supply> supplies(ChassisSettings settings, ChassisFiles files) throws HalException {
        List<Supply> supplies = new ArrayList<>();
        for (ChassisSettings.Supply each : settings.supplies()) {
            HwmonChip chip = files.chip(each.chip());
            OptionalLong watts = each.watts().isPresent() ? each.watts() : chip.ratedWatts();
            if (watts.isEmpty() || watts.getAsLong() > ChassisSettings.MOST_WATTS) {
                throw new HalException.Refused(
                        supply(chip),
                        OPEN,
                        "it does not say what it gives, or more than " + ChassisSettings.MOST_WATTS + " W"
                                + chip.trouble().map(why -> ": " + why).orElse(""),
                        "write it down, such as " + each.chip() + " 1200W in the setting supplies");
            }
            supplies.add(new Supply(chip, watts.getAsLong()));
        }
        return supplies;
    }

    private void wakeWhatMayBe() throws HalException {
        for (Module module : modules.values()) {
            if (module.slot().isOccupied()
                    && !module.slot().isOn()
                    && onWatts() + module.watts() <= budget().mayBeOnWatts()) {
                woken.add(module);
                switchOn(module, OPEN);
            }
        }
    }

    private void findMembers() throws HalException {
        for (Interposer each : switches) {
            for (HardwareSlice slice : each.slices()) {
                Module module = modules.get(slice.place().device());
                if (module == null) {
                    throw new HalException.Refused(
                            slice.key(),
                            OPEN,
                            "it is on device \"" + slice.place().device() + "\", which is in no slot",
                            "say in the setting modules in which; they are " + modules.keySet());
                }
                if (members.put(slice.key(), new Member(slice, each, module)) != null) {
                    throw new HalException.Refused(
                            slice.key(),
                            OPEN,
                            "two switches call a slice so",
                            "lend another port of one of them, or the pooled device in it");
                }
            }
        }
    }

    @Override
    public String description() {
        return "chassis of " + modules.size() + " modules: "
                + switches.stream().map(Interposer::description).collect(Collectors.joining(", "));
    }

    @Override
    public Provenance provenance() {
        boolean isReal = isOfThisMachine && switches.stream().allMatch(each -> each.provenance() == Provenance.REAL);
        return isReal ? Provenance.REAL : Provenance.SIMULATED;
    }

    @Override
    public List<HardwareSlice> slices() {
        return members.values().stream().map(Member::facts).toList();
    }

    @Override
    public Route route(String sliceKey) throws HalException {
        Member member = member("read route", sliceKey);
        requireModule(member, "read route");
        Route route = member.routedBy().route(sliceKey);
        if (route instanceof Route.Bound bound && !member.module().slot().isOn()) {
            throw new HalException.Unavailable(
                    member.module().name(),
                    "read route",
                    "it has no power, and " + sliceKey + " is bound to " + bound.host(),
                    "look who switched it off, or which supply tripped; its host has lost it until it has power again");
        }
        return route;
    }

    @Override
    public LoadedConfiguration load(String sliceKey, String configuration, long epoch) throws HalException {
        Member member = member("load", sliceKey);
        awake(member, "load");
        used.add(sliceKey);
        return member.routedBy().load(sliceKey, configuration, epoch);
    }

    @Override
    public Optional<LoadedConfiguration> loaded(String sliceKey) throws HalException {
        return member("read configuration", sliceKey).routedBy().loaded(sliceKey);
    }

    @Override
    public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException {
        Member member = member(BIND, sliceKey);
        requireModule(member, BIND);
        if (member.routedBy().route(sliceKey) instanceof Route.Unbound) {
            if (strange.contains(sliceKey)) {
                throw new HalException.Refused(
                        member.module().name(),
                        BIND,
                        "it was out of its slot, and may be another one",
                        "it is wiped first");
            }
            requireHealth(member.module(), hostPort);
            awake(member, BIND);
        }
        used.add(sliceKey);
        return member.routedBy().bind(sliceKey, hostPort, epoch);
    }

    /** Its slot keeps its power: what was in it is wiped next. */
    @Override
    public void unbind(String sliceKey, long epoch) throws HalException {
        Member member = member("unbind", sliceKey);
        if (member.routedBy().route(sliceKey) instanceof Route.Bound) {
            used.add(sliceKey);
        }
        member.routedBy().unbind(sliceKey, epoch);
    }

    @Override
    public WipeReport sanitise(String sliceKey) throws HalException {
        Member member = member("sanitise", sliceKey);
        requireModule(member, "sanitise");
        WipeReport before = lastWipes.get(sliceKey);
        if (before != null
                && !used.contains(sliceKey)
                && !member.module().slot().isOn()
                && member.routedBy().route(sliceKey) instanceof Route.Unbound) {
            return before;
        }
        awake(member, "sanitise");
        WipeReport report = member.routedBy().sanitise(sliceKey);
        used.remove(sliceKey);
        strange.remove(sliceKey);
        lastWipes.put(sliceKey, report);
        // Asleep it cannot be asked, and it is asked what it said after its wipe.
        lastTold.put(sliceKey, member.routedBy().deviceState(sliceKey));
        sleepIfIdle(member.module());
        return report;
    }

    /** Of a module that sleeps, what it said before. */
    @Override
    public DeviceState deviceState(String sliceKey) throws HalException {
        Member member = member("read device state", sliceKey);
        requireModule(member, "read device state");
        if (!member.module().slot().isOn()) {
            return lastTold.getOrDefault(sliceKey, DeviceState.UNTOLD);
        }
        return member.routedBy().deviceState(sliceKey);
    }

    @Override
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        supplies.forEach(each -> trouble(supply(each.chip()), each.chip()).ifPresent(warnings::add));
        fans.forEach(each -> trouble(fan(each), each).ifPresent(warnings::add));
        links.forEach((host, chip) -> trouble(link(host, chip), chip).ifPresent(warnings::add));
        modules.values().forEach(module -> moduleTrouble(module).ifPresent(warnings::add));
        return warnings;
    }

    private Optional<String> moduleTrouble(Module module) {
        try {
            if (!isOccupied(module)) {
                return Optional.of(module.name() + ": nothing is in it; put the module back");
            }
            return module.sensor().flatMap(chip -> trouble(module.name(), chip));
        } catch (HalException unreadable) {
            return Optional.of(module.name() + ": " + unreadable.getMessage());
        }
    }

    @Override
    public void close() {
        switches.forEach(Interposer::close);
        files.close();
    }

    // ---- power -----------------------------------------------------------------------------------------------------

    private PowerBudget budget() {
        return new PowerBudget(supplies.stream()
                .map(each -> new PowerBudget.Supply(
                        each.watts(),
                        each.chip().trouble().isPresent() ? PowerBudget.State.FAILED : PowerBudget.State.WORKS))
                .toList());
    }

    private long onWatts() throws HalException {
        long watts = 0;
        for (Module module : modules.values()) {
            watts += module.slot().isOn() ? module.watts() : 0;
        }
        return watts;
    }

    private void awake(Member member, String operation) throws HalException {
        Module module = member.module();
        if (module.slot().isOn()) {
            return;
        }
        long on = onWatts();
        long may = budget().mayBeOnWatts();
        if (on + module.watts() > may) {
            throw new HalException.Refused(
                    module.name(),
                    operation,
                    "it takes " + module.watts() + " W, " + on + " W are on, and no more than " + may
                            + " W may be, so that all of it lasts when a supply fails",
                    "give something of the chassis back, or give it larger supplies");
        }
        switchOn(module, operation);
    }

    private void switchOn(Module module, String operation) throws HalException {
        module.slot().switchOn();
        long endNanos = System.nanoTime() + LINK_LIMIT.toNanos();
        while (module.slot().link() == PcieSlot.Link.DOWN) {
            if (System.nanoTime() - endNanos > 0) {
                module.slot().switchOff();
                throw new HalException.Refused(
                        module.name(),
                        operation,
                        "its link was not up " + LINK_LIMIT.toSeconds() + " s after it had power, which it has no more",
                        "look at the module and its slot");
            }
            pause(module);
        }
    }

    private static void pause(Module module) throws HalException {
        try {
            Thread.sleep(BETWEEN_LOOKS.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new HalException.OutcomeUnknown(
                    module.name(), "switch on", "the caller stopped waiting for its link", "read its power again");
        }
    }

    /** A device that did not say what is in it when its switch was opened may be lent all the same. */
    private void sleepUnlessUnknown(Module module) throws HalException {
        if (woken.contains(module) || !keysOf(module).isEmpty()) {
            sleepIfIdle(module);
        }
    }

    private List<String> keysOf(Module module) {
        return members.values().stream()
                .filter(member -> member.module().equals(module))
                .map(member -> member.facts().key())
                .toList();
    }

    private void sleepIfIdle(Module module) throws HalException {
        for (Member member : members.values()) {
            if (member.module().equals(module) && isInUse(member)) {
                return;
            }
        }
        module.slot().switchOff();
        // Or a module that is wanted again at once would show the link that it had before. A kernel may show it for
        // ever.
        long endNanos = System.nanoTime() + DARK_LIMIT.toNanos();
        while (module.slot().link() == PcieSlot.Link.UP && System.nanoTime() - endNanos < 0) {
            pause(module);
        }
    }

    /** What cannot be read keeps its power: a look at its route says why to whoever asks for it. */
    private boolean isInUse(Member member) {
        String key = member.facts().key();
        try {
            return used.contains(key) || member.routedBy().route(key) instanceof Route.Bound;
        } catch (HalException unreadable) {
            return true;
        }
    }

    // ---- what is in the way ----------------------------------------------------------------------------------------

    private void requireHealth(Module module, String hostPort) throws HalException {
        for (Supply each : supplies) {
            refuseIf(trouble(supply(each.chip()), each.chip()), "nothing new is lent before it works again");
        }
        for (HwmonChip fan : fans) {
            refuseIf(trouble(fan(fan), fan), "nothing new is lent before it turns again");
        }
        if (module.sensor().isPresent()) {
            refuseIf(trouble(module.name(), module.sensor().get()), "look at the module and its cooling");
        }
        HwmonChip link = links.get(hostPort);
        if (link != null) {
            refuseIf(trouble(link(hostPort, link), link), "look at the cable and its modules on both sides");
        }
    }

    private static void refuseIf(Optional<String> trouble, String advice) throws HalException {
        if (trouble.isPresent()) {
            throw new HalException.Refused("chassis", BIND, trouble.get(), advice);
        }
    }

    /** What is known of a module ends when it is out of its slot. */
    private boolean isOccupied(Module module) throws HalException {
        boolean isOccupied = module.slot().isOccupied();
        if (!isOccupied) {
            keysOf(module).forEach(key -> {
                strange.add(key);
                lastWipes.remove(key);
                lastTold.remove(key);
            });
        }
        return isOccupied;
    }

    private void requireModule(Member member, String operation) throws HalException {
        if (!isOccupied(member.module())) {
            throw new HalException.Unavailable(
                    member.module().name(),
                    operation,
                    "nothing is in it",
                    "put the module back; then end the quarantine of its slices");
        }
    }

    private static Optional<String> trouble(String name, HwmonChip chip) {
        return chip.trouble().map(why -> name + ": " + why);
    }

    private static String supply(HwmonChip chip) {
        return "power supply " + chip.place();
    }

    private static String fan(HwmonChip chip) {
        return "fans " + chip.place();
    }

    private static String link(String host, HwmonChip chip) {
        return "optical link to " + host + " (" + chip.place() + ")";
    }

    private Member member(String operation, String sliceKey) throws HalException {
        Member member = members.get(sliceKey);
        if (member == null) {
            throw new HalException.Refused(
                    sliceKey, operation, "there is no such slice", "there are " + members.keySet());
        }
        return member;
    }
}
