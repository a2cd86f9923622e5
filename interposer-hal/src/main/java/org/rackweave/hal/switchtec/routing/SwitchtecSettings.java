package org.rackweave.hal.switchtec.routing;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.settings.HostPort;
import org.rackweave.hal.settings.TextSettings;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.hal.switchtec.wire.LogicalPlace;

/**
 * What the configuration says of a switch and of what is lent by it.
 *
 * <pre>
 * address     192.0.2.7[:PORT]                 its management port; or
 * device      /dev/switchtec0                  the kernel's driver
 * instance    0                                which management endpoint behind the address
 * hosts       alpha=1,bravo=2                  the partition of each host
 * slices      device 16 net/100g wipe none-kept; lanes 12 pcie/gen4        see {@link PortWords}
 * splits      1 16 8,0,0,0,8                   stack 1, its lanes while nobody uses it, its lanes while a part is lent
 * fabric      switch1                          a label that every owner on the switch uses
 * timeout     2s                               of one answer
 * bindLimit   20s                              of one bind or unbind
 * provenance  real                             or simulated: a simulated switch does not say so itself
 * </pre>
 *
 * @param place where the switch is reached
 * @param timeout of one answer
 * @param bindLimit how long a bind or unbind may take, and how long one without an answer is waited for
 * @param ports what is lent, in the order of the text
 */
record SwitchtecSettings(
        Place place,
        HostPartitions hosts,
        List<LentPort> ports,
        Duration timeout,
        Duration bindLimit,
        Provenance provenance) {
    private static final String NAME = "switchtec";
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LEAST_TIME = Duration.ofMillis(10);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

    /** A bind has been seen to take 15 s. */
    private static final Duration USUAL_BIND_LIMIT = Duration.ofSeconds(20);

    /** Twice this is waited at most for one reading, and a daemon gives up on a step of its hardware after ten minutes. */
    private static final Duration LONGEST_BIND_LIMIT = Duration.ofMinutes(2);

    private static final int MAX_INSTANCE = 255;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");

    SwitchtecSettings {
        ports = List.copyOf(ports);
        Set<Object> once = new HashSet<>();
        for (LentPort port : ports) {
            if (!once.add(port.port())) {
                throw new IllegalArgumentException("port " + port.port().id() + " is named twice");
            }
        }
    }

    /** Where a switch is reached. */
    sealed interface Place {
        /** Over Ethernet. */
        record Ethernet(String host, int tcpPort, int instance) implements Place {}

        /** Through the kernel's driver. */
        record Driver(String path) implements Place {}
    }

    static SwitchtecSettings parse(Map<String, String> texts) throws HalException {
        TextSettings settings = new TextSettings(NAME, texts);
        Place place = place(settings);
        HostPartitions hosts = hosts(settings);
        String fabric = settings.text("fabric").orElse("");
        Duration timeout = settings.duration("timeout", USUAL_TIMEOUT, LEAST_TIME, LONGEST_TIMEOUT);
        Duration bindLimit = settings.duration("bindLimit", USUAL_BIND_LIMIT, LEAST_TIME, LONGEST_BIND_LIMIT);
        Provenance provenance = settings.provenance("provenance");
        Optional<String> slices = settings.text("slices");
        Optional<String> splits = settings.text("splits");
        settings.end();
        if (slices.isEmpty()) {
            throw settings.refused("setting slices is missing", "name what is lent: device 16 net/100g wipe none-kept");
        }
        try {
            PortWords words = new PortWords(fabric, PortWords.splits(splits.orElse("")));
            return new SwitchtecSettings(place, hosts, words.parse(slices.get()), timeout, bindLimit, provenance);
        } catch (IllegalArgumentException wrong) {
            throw settings.refused(String.valueOf(wrong.getMessage()), "correct lending.interposer.settings");
        }
    }

    private static Place place(TextSettings settings) throws HalException {
        Optional<String> address = settings.text("address");
        Optional<String> device = settings.text("device");
        int instance = settings.number("instance", 0, 0, MAX_INSTANCE);
        if (address.isPresent() == device.isPresent()) {
            throw settings.refused(
                    "settings address and device: " + (device.isPresent() ? "both are there" : "neither is there"),
                    "name the switch's address or its /dev/switchtecN, one of them");
        }
        return address.isPresent()
                ? ethernet(settings, address.get(), instance)
                : new Place.Driver(device.orElseThrow());
    }

    private static Place ethernet(TextSettings settings, String address, int instance) throws HalException {
        HostPort place = HostPort.parse(address, EthernetHeader.TCP_PORT)
                .orElseThrow(() -> settings.wrong("address", address, "write HOST or HOST:PORT"));
        return new Place.Ethernet(place.host(), place.port(), instance);
    }

    private static HostPartitions hosts(TextSettings settings) throws HalException {
        String text = settings.text("hosts").orElse("");
        SortedMap<String, Integer> hosts = new TreeMap<>();
        for (String pair : text.split(",", -1)) {
            String[] words = pair.strip().split("\\s*=\\s*", 2);
            boolean isRight = words.length == 2
                    && HOST.matcher(words[0]).matches()
                    && NUMBER.matcher(words[1]).matches()
                    && Integer.parseInt(words[1]) <= LogicalPlace.MAX_PARTITION
                    && !hosts.containsKey(words[0]);
            if (!isRight) {
                throw settings.wrong(
                        "hosts",
                        text,
                        "write HOST=PARTITION,HOST=PARTITION: each host once, partitions from 0 to "
                                + LogicalPlace.MAX_PARTITION);
            }
            hosts.put(words[0], Integer.parseInt(words[1]));
        }
        try {
            return new HostPartitions(hosts);
        } catch (IllegalArgumentException twice) {
            throw settings.wrong("hosts", text, "correct it: " + twice.getMessage());
        }
    }
}
