package org.rackweave.hal.cxl.pool;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.cxl.FmRoute;
import org.rackweave.hal.mctp.MctpTcpLink;
import org.rackweave.hal.nativelinux.CxlMemFile;
import org.rackweave.hal.nativelinux.MailboxFunction;
import org.rackweave.hal.nativelinux.MctpSocket;
import org.rackweave.hal.settings.HostPort;

/**
 * How people name the way to a CXL switch.
 *
 * <pre>
 * 192.0.2.7:2508                           MCTP over TCP; [2001:db8::7]:2508
 * mctp:1/20                                endpoint 20 of the kernel's MCTP network 1
 * /sys/bus/pci/devices/0000:0d:00.1        the mailbox function of a switch of this machine, which has no driver
 * /dev/cxl/mem0                            the mailbox of a memory device, through the driver
 * </pre>
 */
public final class SwitchRoute {
    /** What may be written, for an error. */
    public static final String FORMS =
            "HOST:PORT, mctp:NETWORK/ENDPOINT, /sys/bus/pci/devices/FUNCTION or /dev/cxl/memN";

    private static final String MCTP_PREFIX = "mctp:";
    private static final Pattern MCTP = Pattern.compile(MCTP_PREFIX + "([0-9]{1,5})/([0-9]{1,3})");
    private static final Pattern FUNCTION =
            Pattern.compile("/sys/bus/pci/devices/[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    private static final Pattern MEMORY_DEVICE = Pattern.compile("/dev/cxl/mem[0-9]{1,4}");
    /** Those below are reserved, and 255 is everybody (DSP0236, 8.1). */
    private static final int FIRST_ENDPOINT = 8;

    private static final int LAST_ENDPOINT = 254;

    private SwitchRoute() {}

    /** Whether this names something that the kernel of this machine leads to. */
    public static boolean isOfThisMachine(String text) {
        return (text.startsWith(MCTP_PREFIX) || text.startsWith("/"))
                && parse(text).isPresent();
    }

    /** Empty for what is none of these. Nothing is looked up or opened yet. */
    public static Optional<FmRoute> parse(String text) {
        Matcher mctp = MCTP.matcher(text);
        if (mctp.matches()) {
            int network = Integer.parseInt(mctp.group(1));
            int endpoint = Integer.parseInt(mctp.group(2));
            return endpoint < FIRST_ENDPOINT || endpoint > LAST_ENDPOINT
                    ? Optional.empty()
                    : Optional.of(FmRoute.mctp(text, deadline -> MctpSocket.open(network, endpoint)));
        }
        Optional<HostPort> tcp = HostPort.parse(text);
        if (tcp.isPresent() && !text.startsWith(MCTP_PREFIX)) {
            HostPort place = tcp.get();
            return Optional.of(FmRoute.mctp(text, deadline -> MctpTcpLink.connect(place.socket(), deadline)));
        }
        if (FUNCTION.matcher(text).matches()) {
            return Optional.of(FmRoute.mailbox(text, deadline -> MailboxFunction.open(Path.of(text))));
        }
        return MEMORY_DEVICE.matcher(text).matches()
                ? Optional.of(FmRoute.mailbox(text, deadline -> CxlMemFile.open(Path.of(text))))
                : Optional.empty();
    }
}
