package org.rackweave.sim.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.sim.cxl.CxlSwitchServer;
import org.rackweave.sim.cxl.PlannedFault;
import org.rackweave.sim.cxl.SwitchText;

/**
 * The CXL switches of a rehearsal rack, one for each node. Behind each are pooled devices with the node's memory; the hosts of all nodes
 * are cabled to it, each behind a virtual switch of its own, and one more belongs to the node's own machine, which reads back
 * what was wiped. They run in this process.
 *
 * <pre>
 * hardware/NAME/switch            the plan of its switch
 * hardware/NAME/devices/          the memory behind it
 * hardware/NAME/wash/VPPB.mem     what its own machine sees
 * hardware/hosts/HOST/NAME-VPPB.mem what a host sees of it
 * </pre>
 */
public final class CxlHardware implements AutoCloseable {
    /** Logical devices have memory in units of this, in bytes: the smallest granularity of an allocation. */
    static final long UNIT_BYTES = 256L << 20;

    private static final System.Logger LOG = System.getLogger(CxlHardware.class.getName());
    private static final int LDS_OF_A_DEVICE = 16;
    private static final int FIRST_DEVICE_PORT = 64;
    private static final int VPPBS_OF_A_HOST = 64;
    private static final Pattern KEY = Pattern.compile("mld-([0-9a-f]{16})-ld([0-9]+)");

    private final RackLayout layout;
    private final List<String> names;
    private final Map<String, CxlSwitchServer> switches = new LinkedHashMap<>();

    private CxlHardware(RackLayout layout, List<String> names) {
        this.layout = layout;
        this.names = List.copyOf(names);
    }

    /** Writes the plan of a node's switch; the answer is what its daemon's configuration says of it. */
    static String write(RackLayout layout, RackPlan plan, String node) throws IOException {
        int tcpPort = freePort();
        Path root = layout.hardware().root();
        Path own = root.resolve(node);
        int wash = plan.names().size();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "# Made by rackweave-lab.%ntcp %d%nbackground 20ms%nserial %d%nmemory %s%n",
                tcpPort,
                1 + plan.names().indexOf(node),
                own.resolve("devices")));
        for (int host = 0; host <= wash; host++) {
            String windows = host == wash
                    ? own.resolve("wash").resolve("{vppb}.mem").toString()
                    : windows(root, plan.names().get(host), node);
            text.append(String.format(
                    Locale.ROOT,
                    "port %1$d upstream%nvcs %1$d upstream %1$d vppbs %2$d windows %3$s%n",
                    host,
                    host == wash ? 1 : VPPBS_OF_A_HOST,
                    windows));
        }
        List<String> lent = new ArrayList<>();
        for (int first = 0; first < plan.slices(); first += LDS_OF_A_DEVICE) {
            int count = Math.min(LDS_OF_A_DEVICE, plan.slices() - first);
            int port = FIRST_DEVICE_PORT + first / LDS_OF_A_DEVICE;
            text.append(String.format(
                    Locale.ROOT, "port %d mld %dMiB lds %d%n", port, (count * plan.sliceBytes()) >> 20, count));
            lent.add(Integer.toString(port));
        }
        Files.createDirectories(own);
        Files.writeString(plan(layout, node), text, StandardCharsets.UTF_8);
        List<String> hosts = new ArrayList<>();
        plan.names().forEach(name -> hosts.add(name + "=" + plan.names().indexOf(name)));
        return String.format(
                Locale.ROOT,
                """
                provider: cxl-switch
                settings:
                  switch: "127.0.0.1:%d"
                  lend: "%s"
                  hosts: "%s"
                  wash: "%d"
                  washWindow: %s
                  windows: %s
                  forcedEnd: tolerated""",
                tcpPort,
                String.join(", ", lent),
                String.join(", ", hosts),
                wash,
                RackSetup.quoted(own.resolve("wash").resolve("{vppb}.mem")),
                RackSetup.quoted(Path.of(windows(root, "{host}", node))));
    }

    private static Path plan(RackLayout layout, String node) {
        return layout.hardware().root().resolve(node).resolve("switch");
    }

    private static String windows(Path root, String host, String node) {
        return root.resolve("hosts").resolve(host).resolve(node + "-{vppb}.mem").toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts the switches of a rack that was set up with some. */
    public static CxlHardware start(RackLayout layout, List<String> names) throws LabFailure {
        CxlHardware hardware = new CxlHardware(layout, names);
        try {
            for (String name : names) {
                String text = Files.readString(plan(layout, name), StandardCharsets.UTF_8);
                hardware.switches.put(name, CxlSwitchServer.start(SwitchText.parse(text), Dialect.CXL3));
            }
            return hardware;
        } catch (IOException failed) {
            hardware.close();
            throw new LabFailure("cannot start a CXL switch: " + failed.getMessage(), failed);
        }
    }

    /** Has the switch of a node do something wrong. */
    public void tell(String node, PlannedFault fault) {
        theSwitch(node).tell(fault);
    }

    /** The switch of a node does nothing wrong any more. */
    public void calm(String node) {
        theSwitch(node).calm();
    }

    /** The memory of a slice as its owner's device holds it. */
    public Path memory(String node, String key) throws LabFailure {
        Device device = device(key);
        return layout.hardware()
                .root()
                .resolve(node)
                .resolve("devices")
                .resolve("port" + device.port() + "-ld" + device.logicalDevice() + ".mem");
    }

    /** What the switch of a node says of a slice, asked as a second manager would: {@code bound to a}, {@code unbound}. */
    public String route(String node, String key) throws LabFailure {
        Device device = device(key);
        try (FmClient client = new FmClient(theSwitch(node).address(), FmPatience.USUAL)) {
            if (SwitchInventory.read(client) instanceof Outcome.Answered<SwitchInventory> read) {
                return read.response().virtualSwitches().stream()
                        .filter(each -> each.entries().stream().anyMatch(device::isIn))
                        .map(each -> "bound to " + host(each.id()))
                        .findFirst()
                        .orElse("unbound");
            }
        } catch (IOException failed) {
            throw new LabFailure("the switch of " + node + " is closed", failed);
        }
        throw new LabFailure("the switch of " + node + " does not say what is bound");
    }

    /** How many parts of a node's memory a host sees. */
    public int windows(String host, String node) {
        int seen = 0;
        for (int vppb = 0; vppb < VPPBS_OF_A_HOST; vppb++) {
            String window = windows(layout.hardware().root(), host, node).replace("{vppb}", Integer.toString(vppb));
            seen += Files.exists(Path.of(window)) ? 1 : 0;
        }
        return seen;
    }

    private String host(int virtualSwitch) {
        return virtualSwitch < names.size() ? names.get(virtualSwitch) : "the machine that reads back";
    }

    private CxlSwitchServer theSwitch(String node) {
        CxlSwitchServer found = switches.get(node);
        if (found == null) {
            throw new IllegalArgumentException("no switch of " + node);
        }
        return found;
    }

    /** A logical device of the pooled device behind a port, whose number the last byte of a made-up serial number is. */
    private record Device(int port, int logicalDevice) {
        boolean isIn(VcsInfo.Vppb vppb) {
            return vppb.binding() == VcsInfo.Binding.LD && vppb.port() == port && vppb.logicalDevice() == logicalDevice;
        }
    }

    private static Device device(String key) throws LabFailure {
        Matcher matcher = KEY.matcher(key);
        if (!matcher.matches()) {
            throw new LabFailure(key + " is no logical device of a rehearsal rack");
        }
        return new Device(HexFormat.fromHexDigits(matcher.group(1), 14, 16), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public void close() {
        for (CxlSwitchServer each : switches.values()) {
            try {
                each.close();
            } catch (IOException failed) {
                // Its port goes with this process at the latest.
                LOG.log(System.Logger.Level.DEBUG, "closing a CXL switch", failed);
            }
        }
    }
}
