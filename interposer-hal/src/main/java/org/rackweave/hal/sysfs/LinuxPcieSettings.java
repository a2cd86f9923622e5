package org.rackweave.hal.sysfs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.settings.TextSettings;

/**
 * What the configuration says:
 *
 * <pre>
 * hosts: "vm-a=2001, vm-b=2002"                     # virtual machines of this server, and the user that each runs as
 * functions: "0000:3b:00.0 4 250Mbit/s"             # physical functions, how many virtual ones each has, what each may send
 * devices: "0000:5e:00.0"                           # functions that are lent whole
 * atsAttested: "0000:5e:00.0"                       # functions whose own translation of addresses is trusted
 * resetClears: "0000:af:00.0"                       # what is neither network nor drive, and whose reset clears its memory
 * </pre>
 *
 * @param users by host
 * @param shared at least one of these or of {@code whole}, each address once
 * @param clearedByReset functions, or those that virtual ones belong to, of which an operator says that a reset clears their memory
 */
record LinuxPcieSettings(
        Map<String, Integer> users,
        List<Shared> shared,
        List<PciAddress> whole,
        Set<PciAddress> attested,
        Set<PciAddress> clearedByReset) {
    /** A server has far fewer physical functions to lend; what they have of virtual ones is bounded by {@link #MOST_SLICES}. */
    static final int MOST_FUNCTIONS = 32;

    /** All slices of a node fit one answer. */
    static final int MOST_SLICES = 256;

    private static final int MOST_HOSTS = 256;
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,127})\\s*=\\s*([0-9]{1,9})");
    private static final Pattern SHARED = Pattern.compile("(\\S+)\\s+([0-9]{1,3})(?:\\s+([0-9]{1,6})\\s*Mbit/s)?");

    /**
     * A physical function whose virtual ones are lent.
     *
     * @param count how many it has, 1 to {@link #MOST_SLICES}
     * @param rateMegabits what each may send at most, Mbit/s, 1 at least; empty where it is not limited
     */
    record Shared(PciAddress physical, int count, OptionalInt rateMegabits) {
        Shared {
            if (count < 1 || count > MOST_SLICES) {
                throw new IllegalArgumentException(
                        physical + " has 1 to " + MOST_SLICES + " virtual functions, not " + count);
            }
            if (rateMegabits.isPresent() && rateMegabits.getAsInt() < 1) {
                throw new IllegalArgumentException(
                        physical + ": to a driver 0Mbit/s means no limit; leave the rate out if that is meant");
            }
        }
    }

    LinuxPcieSettings {
        users = Map.copyOf(users);
        shared = List.copyOf(shared);
        whole = List.copyOf(whole);
        attested = Set.copyOf(attested);
        clearedByReset = Set.copyOf(clearedByReset);
        List<PciAddress> all = new ArrayList<>(whole);
        shared.forEach(one -> all.add(one.physical()));
        if (all.isEmpty() || all.size() > MOST_FUNCTIONS || new HashSet<>(all).size() < all.size()) {
            throw new IllegalArgumentException(
                    "functions and devices name 1 to " + MOST_FUNCTIONS + " functions, each once, not " + all);
        }
        if (!all.containsAll(clearedByReset)) {
            throw new IllegalArgumentException("resetClears names " + clearedByReset
                    + ", and only what functions or devices name is lent: " + all);
        }
        int slices = whole.size() + shared.stream().mapToInt(Shared::count).sum();
        if (slices > MOST_SLICES) {
            throw new IllegalArgumentException("at most " + MOST_SLICES + " slices, not " + slices);
        }
        if (users.isEmpty() || users.size() > MOST_HOSTS || users.containsValue(0)) {
            throw new IllegalArgumentException(
                    "hosts names 1 to " + MOST_HOSTS + " virtual machines with their users, none of which is root");
        }
        if (new HashSet<>(users.values()).size() < users.size()) {
            throw new IllegalArgumentException(
                    "hosts gives two virtual machines one user: each could take the other's");
        }
    }

    static LinuxPcieSettings parse(Map<String, String> texts) throws HalException {
        TextSettings settings = new TextSettings(LinuxPcieProvider.NAME, texts);
        List<String> hosts = parts(settings.text("hosts").orElse(""));
        List<String> functions = parts(settings.text("functions").orElse(""));
        List<String> devices = parts(settings.text("devices").orElse(""));
        List<String> attested = parts(settings.text("atsAttested").orElse(""));
        List<String> cleared = parts(settings.text("resetClears").orElse(""));
        settings.end();
        try {
            Map<String, Integer> users = new LinkedHashMap<>();
            for (String host : hosts) {
                Matcher matcher = matched(HOST, host, "hosts is a list such as \"vm-a=2001, vm-b=2002\"");
                if (users.put(matcher.group(1), Integer.valueOf(matcher.group(2))) != null) {
                    throw new IllegalArgumentException("hosts names " + matcher.group(1) + " twice");
                }
            }
            return new LinuxPcieSettings(
                    users,
                    functions.stream().map(LinuxPcieSettings::shared).toList(),
                    devices.stream().map(LinuxPcieSettings::address).toList(),
                    addresses(attested),
                    addresses(cleared));
        } catch (IllegalArgumentException wrong) {
            throw settings.refused(String.valueOf(wrong.getMessage()), "correct lending.interposer.settings");
        }
    }

    private static Set<PciAddress> addresses(List<String> texts) {
        return new HashSet<>(texts.stream().map(LinuxPcieSettings::address).toList());
    }

    private static Shared shared(String text) {
        Matcher matcher = matched(SHARED, text, "functions is a list such as \"0000:3b:00.0 4 250Mbit/s\"");
        String rate = matcher.group(3);
        return new Shared(
                address(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                rate == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(rate)));
    }

    private static PciAddress address(String text) {
        return PciAddress.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("no address such as 0000:3b:00.0: \"" + text + "\""));
    }

    private static Matcher matched(Pattern pattern, String text, String form) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(form + ", and this is no part of one: \"" + text + "\"");
        }
        return matcher;
    }

    private static List<String> parts(String text) {
        return text.isEmpty()
                ? List.of()
                : List.of(text.split(",", -1)).stream().map(String::strip).toList();
    }
}
