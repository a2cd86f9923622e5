package org.rackweave.sim.machines;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.rackweave.sim.lab.LabFailure;

/**
 * A machine that runs: its kernel's console is a file, and its second serial line a shell of root's, which is QEMU's standard
 * input and output. At 10.0.2.2 it reaches what listens on the loopback address here; nobody reaches it. It ends with this
 * process, and forgets all that it wrote. One thread uses it.
 */
public final class Guest implements AutoCloseable {
    /** Half a minute was seen on two busy processors. */
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(4);

    private static final Duration POWER_OFF_LIMIT = Duration.ofSeconds(30);
    private static final String READY = "rackweave guest ready";
    private static final String END = "rackweave guest end ";

    /** The line that says that there will be no other. */
    private static final String ENDED = "\0";

    private static final int TOLD_CONSOLE_LINES = 5;

    /**
     * What a device reads or writes in emulated CXL memory goes through a copy. With QEMU's own limit of 4 KiB for all copies of a
     * device, the disk stops for good ("bogus descriptor or out of resources") when a page of a file comes to lie there.
     */
    private static final String BOUNCE = ",disable-legacy=on,iommu_platform=on,x-max-bounce-buffer-size=" + (64 << 20);

    private final OwnedProcess qemu;
    private final Path console;
    private final Path monitor;
    private final OutputStream typed;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private int commands;

    /**
     * What a machine is like.
     *
     * @param processors virtual CPUs, 1 to 64
     * @param memoryBytes its memory
     * @param files a directory whose copy the guest finds at {@code /mnt}, read-only
     * @param cxl its CXL memory devices, all behind one host bridge, 0 to 4
     * @param nvme its NVMe devices, each in a slot of its own, of which the kernel switches the power
     * @param fittings what else it has
     */
    public record Shape(
            int processors,
            long memoryBytes,
            Optional<Path> files,
            List<CxlMemory> cxl,
            List<Nvme> nvme,
            Set<Fitting> fittings) {
        public Shape {
            Objects.requireNonNull(files);
            cxl = List.copyOf(cxl);
            nvme = List.copyOf(nvme);
            fittings = Set.copyOf(fittings);
            if (fittings.contains(Fitting.CXL_SWITCH) && !cxl.isEmpty()) {
                throw new IllegalArgumentException("a machine has one CXL host bridge: devices, or a switch");
            }
            if (cxl.size() > 4) {
                throw new IllegalArgumentException("a machine has at most 4 CXL memory devices, not " + cxl.size());
            }
            if (processors < 1 || processors > 64 || memoryBytes < 256L << 20) {
                throw new IllegalArgumentException("a machine has 1 to 64 processors and at least 256 MiB");
            }
        }

        /** Without CXL. */
        public Shape(int processors, long memoryBytes, Optional<Path> files) {
            this(processors, memoryBytes, files, List.of(), List.of());
        }

        /** With no fittings. */
        public Shape(int processors, long memoryBytes, Optional<Path> files, List<CxlMemory> cxl, List<Nvme> nvme) {
            this(processors, memoryBytes, files, cxl, nvme, Set.of());
        }

        private boolean hasCxl() {
            return !cxl.isEmpty() || fittings.contains(Fitting.CXL_SWITCH);
        }
    }

    /** What a machine can have besides, each once. */
    public enum Fitting {
        /** An IOMMU, which the kernel uses. */
        IOMMU("-device intel-iommu", " intel_iommu=on"),
        /** A network function (82576, driver {@code igb}) that can have 7 virtual ones, in slot 8; its link leads nowhere. */
        SRIOV_NETWORK("-netdev user,id=sriov-net,restrict=on"
                + " -device pcie-root-port,bus=pcie.0,id=sriov-port8,chassis=8,slot=8"
                + " -device igb,bus=sriov-port8,netdev=sriov-net,romfile="),
        /** An NVMe controller without namespaces that can have two virtual ones, in slot 9. */
        SRIOV_NVME("-device nvme-subsys,id=sriov-subsystem"
                + " -device pcie-root-port,bus=pcie.0,id=sriov-port9,chassis=9,slot=9"
                + " -device nvme,bus=sriov-port9,serial=sriov,subsys=sriov-subsystem,sriov_max_vfs=2"
                + ",sriov_vq_flexible=4,sriov_vi_flexible=2,max_ioqpairs=6,msix_qsize=5"),
        /** A switch with a memory device of 256 MiB at each of its downstream ports 0 and 1, and the mailbox of its fabric manager. */
        CXL_SWITCH("-device pxb-cxl,bus_nr=32,bus=pcie.0,id=cxl"
                + " -M cxl-fmw.0.targets.0=cxl,cxl-fmw.0.size=4G"
                + " -device cxl-rp,port=0,bus=cxl,id=cxl-root,chassis=0,slot=2"
                + " -device cxl-upstream,bus=cxl-root,id=cxl-up,addr=0.0,multifunction=on"
                + " -device cxl-switch-mailbox-cci,bus=cxl-root,addr=0.1,target=cxl-up"
                + switched(0)
                + switched(1));

        private final String line;
        private final String toldKernel;

        Fitting(String line) {
            this(line, "");
        }

        Fitting(String line, String toldKernel) {
            this.line = line;
            this.toldKernel = toldKernel;
        }

        private static String switched(int port) {
            return " -device cxl-downstream,bus=cxl-up,chassis=0,id=cxl-down" + port + ",port=" + port + ",slot="
                    + (port + 4) + " -object memory-backend-ram,share=on,size=256M,id=cxl-behind" + port
                    + " -device cxl-type3,bus=cxl-down" + port + ",volatile-memdev=cxl-behind" + port + ",sn="
                    + (port + 1);
        }
    }

    /**
     * An NVMe device.
     *
     * @param slot what the kernel is to call the slot that it is in, 16 to 31
     * @param backing a file that exists and is what the device stores
     */
    public record Nvme(int slot, Path backing) {
        public Nvme {
            Objects.requireNonNull(backing);
            if (slot < 16 || slot > 31) {
                throw new IllegalArgumentException("slots of NVMe devices are 16 to 31, not " + slot);
            }
        }

        private String drive() {
            return "nvme-drive" + slot;
        }

        private String port() {
            return "nvme-port" + slot;
        }
    }

    /**
     * A volatile CXL memory device. Emulated access to it is slow, a few MiB a second on a busy machine; all of it together is a
     * NUMA node of its own, so that only who asks for it uses it.
     *
     * @param serial its serial number, neither 0 nor all ones, which mean none
     * @param backing a file that is its memory, made when it is not there; what a guest wrote can be read in it
     * @param bytes how much, a multiple of 256 MiB
     */
    public record CxlMemory(long serial, Path backing, long bytes) {
        public CxlMemory {
            Objects.requireNonNull(backing);
            if (serial == 0 || serial == -1 || bytes < 256L << 20 || bytes % (256L << 20) != 0) {
                throw new IllegalArgumentException(
                        "a CXL device has a serial number and a multiple of 256 MiB, not " + serial + " and " + bytes);
            }
        }
    }

    /**
     * A command that the guest's shell ran.
     *
     * @param exitCode what it ended with
     * @param output what it wrote to standard output and standard error
     */
    public record Answer(int exitCode, String output) {
        public Answer {
            Objects.requireNonNull(output);
        }
    }

    private Guest(OwnedProcess qemu, Path console, Path monitor) {
        this.qemu = qemu;
        this.console = console;
        this.monitor = monitor;
        this.typed = qemu.process().getOutputStream();
        Thread reader = new Thread(this::read, "guest's shell");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a machine and returns when its shell waits for commands.
     *
     * @param directory an existing one for its {@code console.log}, {@code qemu.log} and the copy of the files
     */
    public static Guest boot(MachineImage image, Shape shape, Path directory) throws LabFailure {
        Path console = directory.resolve("console.log");
        List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL"));
        command.addAll(image.qemu());
        command.addAll(machine(image, shape));
        command.addAll(List.of("-serial", "file:" + console));
        command.addAll(List.of("-chardev", "stdio,id=shell,signal=off", "-serial", "chardev:shell"));
        Path monitor = directory.resolve("monitor");
        command.addAll(List.of("-qmp", "unix:" + monitor + ",server=on,wait=off"));
        try {
            if (shape.files().isPresent()) {
                Path disk = FilesDisk.make(shape.files().get(), directory.resolve("files.img"));
                command.addAll(List.of("-drive", "if=none,id=files,format=raw,read-only=on,file=" + disk));
                command.addAll(List.of("-device", "virtio-blk-pci,drive=files,bus=pcie.0" + copying(shape)));
            }
            OwnedProcess qemu = OwnedProcess.start(new ProcessBuilder(command)
                    .redirectError(directory.resolve("qemu.log").toFile()));
            Guest guest = new Guest(qemu, console, monitor);
            guest.awaitReady();
            return guest;
        } catch (IOException failed) {
            throw new LabFailure("no machine can be started in " + directory + ": " + failed.getMessage(), failed);
        }
    }

    private static List<String> machine(MachineImage image, Shape shape) {
        boolean hasCxl = shape.hasCxl();
        // In one order for all processes, so that addresses are the same each time.
        List<Fitting> fittings = shape.fittings().stream().sorted().toList();
        List<String> machine = new ArrayList<>(List.of(
                // Emulated throughout, and the same everywhere: /dev/kvm may be there and its guests die all the same.
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                // The kernel makes no CXL region under a hypervisor, where it cannot flush caches. Without fast
                // strings, memory is
                // copied in words and not in bytes, each of which costs an emulated access to a CXL device as much as a
                // word does.
                shape.cxl().isEmpty() ? "max" : "max,-hypervisor,-erms,-fsrm",
                "-M",
                hasCxl ? "q35,cxl=on" : "q35",
                "-smp",
                Integer.toString(shape.processors()),
                "-m",
                (shape.memoryBytes() >> 20) + "M",
                "-nodefaults",
                "-display",
                "none",
                "-no-reboot",
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initialRamDisk().toString(),
                "-append",
                "root=/dev/vda rw console=ttyS0 init=/rackweave-init net.ifnames=0 panic=-1 quiet"
                        + fittings.stream().map(fitting -> fitting.toldKernel).collect(Collectors.joining()),
                "-drive",
                "if=none,id=root,format=raw,snapshot=on,file=" + image.root(),
                "-device",
                "virtio-blk-pci,drive=root,bus=pcie.0" + copying(shape),
                "-netdev",
                "user,id=net",
                "-device",
                "virtio-net-pci,netdev=net,romfile=,bus=pcie.0" + copying(shape)));
        if (!shape.cxl().isEmpty()) {
            machine.addAll(nodeOfItsOwn(shape.memoryBytes() >> 20 << 20));
        }
        machine.addAll(cxl(shape.cxl()));
        machine.addAll(nvme(shape.nvme()));
        fittings.forEach(fitting -> machine.addAll(List.of(fitting.line.split(" ", -1))));
        return machine;
    }

    /** By the firmware's tables QEMU would have the slots, and the kernel's own driver of hot-plug ports none. */
    private static List<String> nvme(List<Nvme> devices) {
        List<String> words = new ArrayList<>();
        if (!devices.isEmpty()) {
            words.addAll(List.of("-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"));
        }
        for (Nvme device : devices) {
            words.addAll(List.of(
                    "-drive",
                    "if=none,format=raw,id=" + device.drive() + ",file=" + device.backing(),
                    "-device",
                    "pcie-root-port,bus=pcie.0,id=" + device.port() + ",chassis=" + device.slot() + ",slot="
                            + device.slot(),
                    "-device",
                    "nvme,drive=" + device.drive() + ",bus=" + device.port() + ",serial=" + device.slot()));
        }
        return words;
    }

    private static String copying(Shape shape) {
        return shape.cxl().isEmpty() ? "" : BOUNCE;
    }

    /**
     * That its own memory is a NUMA node. A machine that says nothing of nodes has one, also for CXL memory, and there the kernel takes
     * movable memory first: every program would run in the emulated memory, and stand still.
     */
    private static List<String> nodeOfItsOwn(long memoryBytes) {
        return List.of(
                "-object", "memory-backend-ram,id=memory,size=" + memoryBytes, "-numa", "node,nodeid=0,memdev=memory");
    }

    /** A host bridge with one root port for each device, and a window of host addresses that leads to it. */
    private static List<String> cxl(List<CxlMemory> devices) {
        List<String> words = new ArrayList<>();
        if (!devices.isEmpty()) {
            words.addAll(List.of("-device", "pxb-cxl,bus_nr=12,bus=pcie.0,id=cxl,hdm_for_passthrough=true"));
            words.addAll(List.of("-M", "cxl-fmw.0.targets.0=cxl,cxl-fmw.0.size=4G"));
        }
        for (int at = 0; at < devices.size(); at++) {
            CxlMemory device = devices.get(at);
            words.addAll(List.of(
                    "-object",
                    "memory-backend-file,id=cxl-memory" + at + ",share=on,size=" + device.bytes() + ",mem-path="
                            + device.backing(),
                    "-device",
                    "cxl-rp,bus=cxl,chassis=0,id=cxl-port" + at + ",port=" + at + ",slot=" + (at + 2),
                    "-device",
                    "cxl-type3,bus=cxl-port" + at + ",id=cxl-device" + at + ",volatile-memdev=cxl-memory" + at
                            + ",sn=0x" + Long.toHexString(device.serial())));
        }
        return words;
    }

    private void awaitReady() throws LabFailure {
        try {
            String line = next("its shell", BOOT_LIMIT);
            if (!line.equals(READY)) {
                throw new LabFailure("a guest began with '" + line + "'" + consoleEnd());
            }
        } catch (LabFailure failed) {
            qemu.kill();
            throw failed;
        }
    }

    private void read() {
        try (BufferedReader said = qemu.process().inputReader(StandardCharsets.UTF_8)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // It was killed in the middle of a line.
        }
        lines.add(ENDED);
    }

    private String next(String what, Duration limit) throws LabFailure {
        try {
            String line = lines.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                throw new LabFailure(
                        "a guest has not given " + what + " after " + limit.toSeconds() + " s" + consoleEnd());
            }
            if (line.equals(ENDED)) {
                throw new LabFailure("a guest ended before it gave " + what + consoleEnd());
            }
            return line;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while a guest was to give " + what, interrupted);
        }
    }

    private String consoleEnd() {
        try {
            List<String> all = Files.readAllLines(console, StandardCharsets.ISO_8859_1);
            return "; " + console + " ends with: "
                    + String.join(" / ", all.subList(Math.max(0, all.size() - TOLD_CONSOLE_LINES), all.size()));
        } catch (IOException e) {
            return "; it has not written anything to its console";
        }
    }

    /**
     * Runs a command of the shell to its end, whatever that is.
     *
     * @param command one or more lines; standard input is empty
     * @param limit no line may take longer to come than this
     */
    public Answer run(String command, Duration limit) throws LabFailure {
        commands++;
        String end = END + commands + " ";
        type("(\n" + command + "\n) </dev/null 2>&1; printf '\\n" + end + "%d\\n' $?\n");
        List<String> output = new ArrayList<>();
        String line = next("an answer to '" + command + "'", limit);
        while (!line.startsWith(end)) {
            output.add(line);
            line = next("the end of '" + command + "'", limit);
        }
        return new Answer(
                Integer.parseInt(line.substring(end.length())),
                String.join("\n", output).strip());
    }

    /**
     * Puts a device into its slot again, as by hand: the kernel then switches the slot on. Who switches a slot off finds it empty
     * afterwards, as QEMU takes out what is in it.
     */
    public void insert(Nvme device) throws LabFailure {
        MachineMonitor.order(
                monitor,
                String.format(
                        Locale.ROOT,
                        "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"nvme\",\"drive\":\"%s\",\"bus\":\"%s\",\"serial\":\"%d\"}}",
                        device.drive(),
                        device.port(),
                        device.slot()));
    }

    /**
     * Makes the port that a device is in report an error, as PCI Express has them.
     *
     * @param error by QEMU's name of it, such as {@code BAD_TLP}
     */
    public void reportError(Nvme device, String error) throws LabFailure {
        MachineMonitor.order(
                monitor,
                String.format(
                        Locale.ROOT,
                        "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"pcie_aer_inject_error %s %s\"}}",
                        device.port(),
                        error));
    }

    private void type(String text) throws LabFailure {
        try {
            typed.write(text.getBytes(StandardCharsets.UTF_8));
            typed.flush();
        } catch (IOException failed) {
            throw new LabFailure("a guest takes no commands any more" + consoleEnd(), failed);
        }
    }

    /** Switches it off; one that does not go is killed. */
    @Override
    public void close() throws LabFailure {
        try {
            type("exit\n");
            qemu.awaitEnd(POWER_OFF_LIMIT);
        } finally {
            qemu.kill();
        }
    }
}
