package org.rackweave.hal.cxl.pool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.cxl.FmRoute;
import org.rackweave.hal.settings.TextSettings;

/**
 * What the configuration says about a CXL switch.
 *
 * <pre>
 * switch: 192.0.2.7:2508               where its fabric manager interface is, MCTP over TCP
 * lend: "3, 4/1 25%, 2=4096MiB"        port 3: all logical devices of it; one of port 4, with a quarter of the device's bandwidth; a
 *                                      single device of port 2, and its size; "8/dc 4GiB": the dynamic capacity of port 8, in pieces
 * hosts: "alpha=0, bravo=1"            which virtual switch each host is behind
 * wash: 2                              the virtual switch behind which this machine itself sees memory, to read back that it was wiped
 * washWindow: /dev/pmem{vppb}          where it sees it; also {port}
 * wipe: device                         or host, where devices do not know Sanitize and do not say so
 * forcedEnd: fatal                     or tolerated, where hosts map the memory and take its loss
 * fabric: rack7                        a label, when several owners are behind one switch
 * provenance: real                     or simulated; a switch of vendor 0 is simulated anyway
 * windows: /rack/{host}/{vppb}.mem     simulated switches only: where a host's memory is seen as a file
 * </pre>
 *
 * @param route to the fabric manager interface
 * @param claims what may be lent, in the order of the configuration
 * @param hosts the number of the virtual switch by the host's name
 * @param wash the virtual switch of the machine that reads back
 * @param washWindow with {@code {vppb}} for the number of the vPPB and {@code {port}} for that of the device's port
 * @param wiper who clears the memory of a pooled device
 * @param fabric empty: the switch's serial number
 * @param provenance what stands behind the route, as far as the operator says
 * @param windows with {@code {host}} and {@code {vppb}}; empty for hardware
 */
record CxlSwitchSettings(
        FmRoute route,
        List<Claim> claims,
        Map<String, Integer> hosts,
        int wash,
        String washWindow,
        Wiper wiper,
        ForcedEnd forcedEnd,
        String fabric,
        Provenance provenance,
        Optional<String> windows) {
    /** The most ports of a switch, and the most virtual switches: their numbers have one byte. */
    private static final int MOST = 255;

    private static final String VPPB = "{vppb}";
    private static final Pattern CLAIM =
            Pattern.compile("([0-9]{1,3})(?:/([0-9]{1,3})|/(dc)\\s+([0-9]{1,9})\\s*(MiB|GiB)"
                    + "|\\s*=\\s*([0-9]{1,9})\\s*(MiB|GiB))?(?:\\s+([0-9]{1,3})%)?");
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._:-]{0,127})\\s*=\\s*([0-9]{1,3})");

    /**
     * What may be lent behind a port.
     *
     * @param port its number
     * @param logicalDevice one of a pooled device; all of them when empty
     * @param singleBytes the size of a device that is not pooled: the switch cannot be asked for it
     * @param pieceBytes the size of the pieces in which the capacity of a dynamic device is lent
     * @param bandwidthPercent of its device's bandwidth that each logical device has, and may not exceed; 1 to 100
     */
    record Claim(
            int port,
            OptionalInt logicalDevice,
            OptionalLong singleBytes,
            OptionalLong pieceBytes,
            OptionalInt bandwidthPercent) {
        Claim {
            if (bandwidthPercent.isPresent()
                    && (bandwidthPercent.getAsInt() < 1 || bandwidthPercent.getAsInt() > 100)) {
                throw new IllegalArgumentException(
                        "lend: a share of the bandwidth is 1% to 100%, not " + bandwidthPercent.getAsInt() + "%");
            }
            if (pieceBytes.isPresent() && (pieceBytes.getAsLong() == 0 || bandwidthPercent.isPresent())) {
                throw new IllegalArgumentException("lend: pieces of port " + port
                        + " have a size, and no share of the bandwidth: hosts have that by logical device");
            }
            if (bandwidthPercent.isPresent() && singleBytes.isPresent()) {
                throw new IllegalArgumentException("lend: port " + port
                        + " has a device that is not pooled; shares of bandwidth are between logical devices");
            }
        }
    }

    /** Who clears memory. In both cases it is read back by the machine at the wash window. */
    enum Wiper {
        /** The device by Sanitize, or the machine where the device says that it has no such command. */
        DEVICE,
        /** The machine; the device is not asked. */
        HOST
    }

    CxlSwitchSettings {
        Objects.requireNonNull(route);
        claims = List.copyOf(claims);
        hosts = Map.copyOf(hosts);
        Objects.requireNonNull(washWindow);
        Objects.requireNonNull(wiper);
        Objects.requireNonNull(forcedEnd);
        Objects.requireNonNull(fabric);
        Objects.requireNonNull(provenance);
        Objects.requireNonNull(windows);
        if (hosts.containsValue(wash)) {
            throw new IllegalArgumentException(
                    "virtual switch " + wash + " is of a host and of wash; nobody borrows" + " where memory is wiped");
        }
        if (Set.copyOf(hosts.values()).size() != hosts.size()) {
            throw new IllegalArgumentException("hosts names a virtual switch twice: " + hosts);
        }
    }

    static CxlSwitchSettings parse(Map<String, String> texts) throws HalException {
        TextSettings settings = new TextSettings("cxl-switch", texts);
        String way = due(settings, "switch");
        String lend = due(settings, "lend");
        String hosts = due(settings, "hosts");
        String wash = due(settings, "wash");
        String washWindow = due(settings, "washWindow");
        String wipe = settings.text("wipe").orElse("device");
        String forcedEnd = settings.text("forcedEnd").orElse("fatal");
        String fabric = settings.text("fabric").orElse("");
        Provenance provenance = settings.provenance("provenance");
        Optional<String> windows = settings.text("windows");
        settings.end();
        try {
            return new CxlSwitchSettings(
                    route(way),
                    claims(lend),
                    hosts(hosts),
                    number("wash", wash),
                    washWindow,
                    wiper(wipe),
                    ForcedEnd.parse(forcedEnd),
                    fabric,
                    provenance,
                    windows);
        } catch (IllegalArgumentException wrong) {
            throw settings.refused(String.valueOf(wrong.getMessage()), "correct lending.interposer.settings");
        }
    }

    private static String due(TextSettings settings, String name) throws HalException {
        return settings.text(name)
                .orElseThrow(() -> settings.refused(
                        "setting " + name + " is missing",
                        "HARDWARE.md says what it is; correct lending.interposer.settings"));
    }

    /** Where the machine that reads back sees the memory of a port's device that is bound to one of its vPPBs. */
    String washWindow(int port, int vppb) {
        return washWindow.replace(VPPB, Integer.toString(vppb)).replace("{port}", Integer.toString(port));
    }

    Optional<String> window(String host, int vppb) {
        return windows.map(pattern -> pattern.replace("{host}", host).replace(VPPB, Integer.toString(vppb)));
    }

    /** The host behind a virtual switch; where none is, a name that no host has. */
    String hostOf(int virtualSwitch) {
        return hosts.entrySet().stream()
                .filter(host -> host.getValue() == virtualSwitch)
                .map(Map.Entry::getKey)
                .findAny()
                .orElse("(virtual switch " + virtualSwitch + ")");
    }

    private static FmRoute route(String text) {
        return SwitchRoute.parse(text.strip())
                .orElseThrow(() -> new IllegalArgumentException("switch is " + SwitchRoute.FORMS + ", not " + text));
    }

    private static List<Claim> claims(String text) {
        List<Claim> claims = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            Matcher matcher = CLAIM.matcher(each.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "lend has ports (3), logical devices (4/1), single devices (2=4096MiB), shares (4/1 25%) and dynamic capacity"
                                + " in pieces (8/dc 4GiB), not "
                                + each.strip());
            }
            claims.add(new Claim(
                    number("port", matcher.group(1)),
                    matcher.group(2) == null
                            ? OptionalInt.empty()
                            : OptionalInt.of(number("logical device", matcher.group(2))),
                    size(matcher.group(6), matcher.group(7)),
                    size(matcher.group(4), matcher.group(5)),
                    matcher.group(8) == null
                            ? OptionalInt.empty()
                            : OptionalInt.of(Integer.parseInt(matcher.group(8)))));
        }
        return claims;
    }

    private static OptionalLong size(@Nullable String number, @Nullable String unit) {
        return number == null || unit == null
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(number) << (unit.equals("GiB") ? 30 : 20));
    }

    private static Map<String, Integer> hosts(String text) {
        Map<String, Integer> hosts = new LinkedHashMap<>();
        for (String each : text.split(",", -1)) {
            Matcher matcher = HOST.matcher(each.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "hosts has names with the number of their virtual switch (alpha=0), not " + each.strip());
            }
            int virtualSwitch = number("virtual switch", matcher.group(2));
            if (hosts.put(matcher.group(1), virtualSwitch) != null) {
                throw new IllegalArgumentException("hosts has " + matcher.group(1) + " twice");
            }
        }
        return hosts;
    }

    private static int number(String what, String text) {
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException(what + " is a number, not " + text, wrong);
        }
        if (number < 0 || number >= MOST) {
            throw new IllegalArgumentException(what + " is 0 to " + (MOST - 1) + ", not " + number);
        }
        return number;
    }

    private static Wiper wiper(String text) {
        return switch (text.strip()) {
            case "device" -> Wiper.DEVICE;
            case "host" -> Wiper.HOST;
            default -> throw new IllegalArgumentException("wipe is device or host, not " + text);
        };
    }
}
