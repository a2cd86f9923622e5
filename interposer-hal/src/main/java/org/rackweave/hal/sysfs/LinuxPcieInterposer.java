package org.rackweave.hal.sysfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.rackweave.hal.DeviceState;
import org.rackweave.hal.Fence;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Latency;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciClass;
import org.rackweave.hal.nvme.NvmePace;
import org.rackweave.hal.policy.PassThroughRule;

/**
 * PCIe functions of this server, virtual ones and whole, lent to virtual machines of this server. Bound is a function that {@code vfio-pci}
 * has and whose group's file belongs to the user that the machine runs as: the kernel itself keeps the others out. Nothing is remembered
 * here but the firmware that a drive told, and nothing holds an epoch: a route is what the kernel shows.
 *
 * <p>What a virtual machine has open is not pulled from it: the kernel would wait for it to let go, without end. An unbind is then
 * refused, and the function stays that machine's.
 */
final class LinuxPcieInterposer implements Interposer {
    static final String WIPE_METHOD = "pcie-function-level-reset";
    private static final int ROOT = 0;

    /** Classes of the PCI Code and ID Assignment Specification. */
    private static final int STORAGE = 0x01;

    private static final int NETWORK = 0x02;
    private static final int MEMORY = 0x05;

    /** SD hosts, USB hosts, Fibre Channel: with their subclasses. Behind each is storage that no reset of theirs reaches. */
    private static final Set<Integer> WAYS_TO_STORAGE = Set.of(0x0805, 0x0C03, 0x0C04);

    private static final Pattern LINK = Pattern.compile("[!-.0-~]{1,15}");

    private final LinuxPcieSettings settings;
    private final Attributes attributes;
    private final FunctionControl.ConfigurationSpaces spaces;
    private final VfioGroups groups;
    private final RateLimiter rates;
    private final DriveWipe driveWipe;
    private final PassThroughRule rule;

    /** Limits what a virtual function of a network device may send. */
    interface RateLimiter {
        void limit(String link, int function, int megabitsPerSecond) throws HalException;
    }

    /**
     * A slice and where it comes from.
     *
     * @param physical itself, where it is lent whole
     * @param number of the virtual function; empty where it is lent whole
     */
    private record Lent(String key, PciAddress physical, OptionalInt number, OptionalInt rateMegabits) {}

    private LinuxPcieInterposer(
            LinuxPcieSettings settings,
            Attributes attributes,
            FunctionControl.ConfigurationSpaces spaces,
            VfioGroups groups,
            RateLimiter rates,
            NvmeDrives drives,
            NvmePace pace,
            WipeMarks marks) {
        this.settings = settings;
        this.attributes = attributes;
        this.spaces = spaces;
        this.groups = groups;
        this.rates = rates;
        this.driveWipe = new DriveWipe(attributes, drives, pace, marks);
        this.rule = new PassThroughRule(settings.attested());
    }

    /**
     * Makes the virtual functions that are not there yet.
     *
     * @throws HalException when the kernel lacks the driver, or a function other virtual ones than are configured
     */
    static LinuxPcieInterposer open(
            LinuxPcieSettings settings,
            Attributes attributes,
            FunctionControl.ConfigurationSpaces spaces,
            VfioGroups groups,
            RateLimiter rates,
            NvmeDrives drives,
            NvmePace pace,
            WipeMarks marks)
            throws HalException {
        LinuxPcieInterposer interposer =
                new LinuxPcieInterposer(settings, attributes, spaces, groups, rates, drives, pace, marks);
        try {
            String driver = "/sys/bus/pci/drivers/" + FunctionControl.VFIO;
            if (attributes.place(driver).isEmpty()) {
                throw new KernelRefusal(KernelRefusal.Reason.ABSENT, driver, "there is no such driver");
            }
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    LinuxPcieProvider.NAME, "open", String.valueOf(refused.getMessage()), "modprobe vfio-pci");
        }
        for (LinuxPcieSettings.Shared shared : settings.shared()) {
            PhysicalFunction physical = interposer.physical(shared.physical());
            physical.enable(shared.count());
            List<PciAddress> twice = new ArrayList<>(settings.whole());
            twice.retainAll(physical.virtualFunctions());
            if (!twice.isEmpty()) {
                throw refused(
                        LinuxPcieProvider.NAME,
                        "open",
                        "devices names " + twice + ", which " + shared.physical() + " has as virtual functions",
                        "lend them by functions alone: one function is not two slices");
            }
        }
        return interposer;
    }

    @Override
    public String description() {
        return "PCIe functions of this server for its virtual machines, by its kernel's /sys and vfio";
    }

    @Override
    public Provenance provenance() {
        return Provenance.REAL;
    }

    @Override
    public List<HardwareSlice> slices() {
        return lent().stream().map(LinuxPcieInterposer::slice).toList();
    }

    private static HardwareSlice slice(Lent lent) {
        boolean isVirtual = lent.number().isPresent();
        Set<String> capabilities = lent.rateMegabits().isPresent()
                ? Set.of("sriov/virtual", "net/" + rate(lent.rateMegabits().getAsInt()))
                : isVirtual ? Set.of("sriov/virtual") : Set.of();
        return new HardwareSlice(
                lent.key(),
                isVirtual ? SliceKind.FUNCTION : SliceKind.PCIE_DEVICE,
                1,
                capabilities,
                ForcedEnd.FATAL,
                Fence.ROUTE_READBACK,
                new HardwarePlace("", "pci:" + lent.physical(), Latency.HOST),
                Set.of());
    }

    private static String rate(int megabits) {
        return megabits % 1000 == 0 ? megabits / 1000 + "g" : megabits + "m";
    }

    private List<Lent> lent() {
        List<Lent> all = new ArrayList<>();
        for (LinuxPcieSettings.Shared shared : settings.shared()) {
            for (int number = 0; number < shared.count(); number++) {
                all.add(new Lent(
                        "pci:" + shared.physical() + "-vf" + number,
                        shared.physical(),
                        OptionalInt.of(number),
                        shared.rateMegabits()));
            }
        }
        for (PciAddress whole : settings.whole()) {
            all.add(new Lent("pci:" + whole, whole, OptionalInt.empty(), OptionalInt.empty()));
        }
        return all;
    }

    @Override
    public Route route(String sliceKey) throws HalException {
        return route(lent(sliceKey, "read route"));
    }

    private Route route(Lent lent) throws HalException {
        Optional<FunctionControl> function = function(lent);
        Optional<String> driver = function.isPresent() ? function.get().driver() : Optional.empty();
        // Between two borrowers a drive is the kernel's own driver's for as long as it wipes itself: it is nobody's
        // then.
        if (driver.isEmpty() || driveWipe.isLeft(function.get())) {
            return new Route.Unbound(0);
        }
        if (!driver.get().equals(FunctionControl.VFIO)) {
            return new Route.Bound("(driver " + driver.get() + ")", 0);
        }
        int group = group(function.get(), lent.key(), "read route");
        try {
            int owner = groups.owner(group).orElse(ROOT);
            if (owner == ROOT) {
                return groups.isOpen(group) ? new Route.Bound("(a program of root's)", 0) : new Route.Unbound(0);
            }
            return new Route.Bound(host(owner), 0);
        } catch (KernelRefusal refused) {
            throw unavailable(lent.key(), "read route", refused);
        }
    }

    /** No name of a host has brackets. */
    private String host(int user) {
        return settings.users().entrySet().stream()
                .filter(host -> host.getValue() == user)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("(user " + user + ")");
    }

    @Override
    public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException {
        Lent lent = lent(sliceKey, "bind");
        Integer user = settings.users().get(hostPort);
        if (user == null) {
            throw refused(
                    sliceKey,
                    "bind",
                    "no virtual machine " + hostPort,
                    "this server has " + settings.users().keySet());
        }
        Route now = route(lent);
        if (now instanceof Route.Bound bound && !bound.host().equals(hostPort)) {
            throw refused(sliceKey, "bind", "bound to " + bound.host(), "unbind it first");
        }
        FunctionControl function = demand(lent, "bind");
        if (now instanceof Route.Unbound) {
            give(lent, function, user);
        }
        return new HardwareAttachment(
                lent.number().isPresent() ? "pcie-function" : "pcie-device",
                address(lent).orElseThrow().toString(),
                0);
    }

    private void give(Lent lent, FunctionControl function, int user) throws HalException {
        Optional<PassThroughRule.Objection> objection = rule.objection(function.isolation());
        if (objection.isPresent()) {
            throw refused(
                    lent.key(),
                    "bind",
                    objection.get().detail(),
                    objection.get().reason().advice());
        }
        if (wiping(lent, function, "bind") == Wiping.BY_THE_DRIVE) {
            driveWipe.ask(lent.key(), lent.physical(), function);
        }
        int group = group(function, lent.key(), "bind");
        if (lent.rateMegabits().isPresent()) {
            rates.limit(
                    link(lent), lent.number().getAsInt(), lent.rateMegabits().getAsInt());
        }
        function.reset();
        function.giveToVfio();
        try {
            // Rules of the machine may have let others open it since vfio-pci has it: whoever did would keep it.
            groups.give(group, ROOT);
            if (groups.isOpen(group)) {
                throw unknown(
                        lent.key(),
                        "bind",
                        "a program opened /dev/vfio/" + group + " before it was given to its virtual machine");
            }
            groups.give(group, user);
        } catch (KernelRefusal refusedByKernel) {
            function.takeFromVfio();
            throw unavailable(lent.key(), "bind", refusedByKernel);
        }
    }

    /** The one network interface of the physical function. */
    private String link(Lent lent) throws HalException {
        try {
            List<String> links = attributes.names("/sys/bus/pci/devices/" + lent.physical() + "/net", LINK);
            if (links.size() != 1) {
                throw refused(
                        lent.key(),
                        "bind",
                        lent.physical() + " has " + links.size() + " network interfaces",
                        "lend its functions without a rate, or give it its driver");
            }
            return links.get(0);
        } catch (KernelRefusal unreadable) {
            throw unavailable(lent.key(), "bind", unreadable);
        }
    }

    @Override
    public void unbind(String sliceKey, long epoch) throws HalException {
        Lent lent = lent(sliceKey, "unbind");
        Optional<FunctionControl> there = function(lent);
        if (there.isEmpty() || there.get().driver().isEmpty() || driveWipe.isLeft(there.get())) {
            return;
        }
        FunctionControl function = there.get();
        if (!function.driver().equals(Optional.of(FunctionControl.VFIO))) {
            throw refused(
                    sliceKey,
                    "unbind",
                    "its driver is " + function.driver().orElse("none"),
                    "end what uses it on this server");
        }
        int group = group(function, sliceKey, "unbind");
        try {
            int owner = groups.owner(group).orElse(ROOT);
            // First nobody new can open it; who has it open already is seen then, and keeps it.
            groups.give(group, ROOT);
            if (groups.isOpen(group)) {
                groups.give(group, owner);
                throw refused(
                        sliceKey,
                        "unbind",
                        host(owner) + " has /dev/vfio/" + group + " open",
                        "stop that virtual machine, or take the device from it; then end the quarantine");
            }
        } catch (KernelRefusal unreadable) {
            throw unknown(sliceKey, "unbind", String.valueOf(unreadable.getMessage()));
        }
        try {
            function.takeFromVfio();
            function.reset();
        } catch (HalException.Refused | HalException.Unavailable half) {
            // Its host cannot open it any more: to say that nothing was done would be wrong.
            throw unknown(sliceKey, "unbind", String.valueOf(half.getMessage()));
        }
    }

    @Override
    public WipeReport sanitise(String sliceKey) throws HalException {
        Lent lent = lent(sliceKey, "sanitise");
        if (route(lent) instanceof Route.Bound bound) {
            throw refused(sliceKey, "sanitise", "bound to " + bound.host(), "unbind it first");
        }
        FunctionControl function = demand(lent, "sanitise");
        return switch (wiping(lent, function, "sanitise")) {
            case BY_RESET -> wipedByReset(function);
            case BY_THE_DRIVE -> driveWipe.wipe(sliceKey, lent.physical(), function);
        };
    }

    private static WipeReport wipedByReset(FunctionControl function) throws HalException {
        long startNanos = System.nanoTime();
        function.takeFromVfio();
        function.reset();
        return new WipeReport(WipeReport.Wiper.DEVICE, WIPE_METHOD, 0, 0, (System.nanoTime() - startNanos) / 1_000_000);
    }

    /** What makes a function forget. */
    private enum Wiping {
        BY_RESET,
        BY_THE_DRIVE
    }

    /**
     * Of a class that is not known to forget by a reset an operator has to say that it does: most have memory of their own.
     *
     * @throws HalException.Refused when nothing here does
     */
    private Wiping wiping(Lent lent, FunctionControl function, String operation) throws HalException {
        PciClass code = function.classCode();
        if (code.isNvme() && lent.number().isEmpty()) {
            return Wiping.BY_THE_DRIVE;
        }
        if (code.base() == STORAGE || code.base() == MEMORY || WAYS_TO_STORAGE.contains(code.baseAndSub())) {
            throw refused(
                    lent.key(),
                    operation,
                    "it is a storage or memory device (class " + code + "), and a reset leaves what it stores",
                    "NVMe drives are lent whole, by devices; others are not lent here");
        }
        if (code.base() != NETWORK && !settings.clearedByReset().contains(lent.physical())) {
            throw refused(
                    lent.key(),
                    operation,
                    "it is no network function (class " + code
                            + ") but may have memory of its own, and a reset need not clear its memory",
                    "where its maker says that it does, write resetClears: \"" + lent.physical()
                            + "\" in lending.interposer.settings");
        }
        return Wiping.BY_RESET;
    }

    private int group(FunctionControl function, String key, String operation) throws HalException {
        OptionalInt group = function.iommuGroup();
        if (group.isEmpty()) {
            throw refused(key, operation, "it is in no IOMMU group", PassThroughRule.Reason.NO_IOMMU.advice());
        }
        return group.getAsInt();
    }

    private FunctionControl demand(Lent lent, String operation) throws HalException {
        return function(lent)
                .orElseThrow(() -> refused(
                        lent.key(), operation, "there is no such function", "look at lspci; start the daemon anew"));
    }

    /** Empty while it is not there. */
    private Optional<FunctionControl> function(Lent lent) throws HalException {
        Optional<PciAddress> address = address(lent);
        if (address.isEmpty()) {
            return Optional.empty();
        }
        FunctionControl function = new FunctionControl(address.get(), attributes, spaces);
        return function.isThere() ? Optional.of(function) : Optional.empty();
    }

    private Optional<PciAddress> address(Lent lent) throws HalException {
        if (lent.number().isEmpty()) {
            return Optional.of(lent.physical());
        }
        List<PciAddress> virtual = physical(lent.physical()).virtualFunctions();
        int number = lent.number().getAsInt();
        return number < virtual.size() ? Optional.of(virtual.get(number)) : Optional.empty();
    }

    private PhysicalFunction physical(PciAddress address) {
        return new PhysicalFunction(address, attributes);
    }

    private Lent lent(String sliceKey, String operation) throws HalException {
        return lent().stream()
                .filter(lent -> lent.key().equals(sliceKey))
                .findFirst()
                .orElseThrow(() -> refused(
                        sliceKey,
                        operation,
                        "no such slice",
                        "this node has " + lent().stream().map(Lent::key).toList()));
    }

    private static HalException refused(String key, String operation, String seen, String advice) {
        return new HalException.Refused(key, operation, seen, advice);
    }

    private static HalException unknown(String key, String operation, String seen) {
        return new HalException.OutcomeUnknown(key, operation, seen, "read its route back");
    }

    private static HalException unavailable(String key, String operation, KernelRefusal refused) {
        return new HalException.Unavailable(
                key, operation, String.valueOf(refused.getMessage()), "run as root, and look at the kernel's log");
    }

    @Override
    public DeviceState deviceState(String sliceKey) throws HalException {
        Lent lent = lent(sliceKey, "read device state");
        return lent.number().isEmpty() ? driveWipe.lastTold(lent.physical()) : DeviceState.UNTOLD;
    }

    @Override
    public void close() {
        attributes.close();
    }
}
