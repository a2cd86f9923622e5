package org.rackweave.hal.chassis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rackweave.hal.HalException;
import org.rackweave.hal.settings.TextSettings;

/**
 * What the configuration says of a chassis.
 *
 * <pre>
 * modules     1 mld-0000000000000007 40W 9-0048; 5 gpu0 300W       slot, device, what it takes at most, and its sensor if it has one
 * supplies    7-0058, 7-0059 1200W                  chips of the power supplies; what one gives at most where it does not say so itself
 * fans        8-0020, 8-0021                        chips of the fans; none where each module cools itself
 * links       alpha 10-0050, bravo 10-0051          the chip of the optical link to each host; none where links are not watched
 * root        /                                     where the kernel's sys is
 * cxl-switch.switch, switchtec.address, ...         the settings of each switch in it, after its provider's name
 * </pre>
 *
 * A device is what its switch's settings call it: the pooled device ({@code mld-...}) or the port ({@code port2}) of a CXL switch, the word
 * after {@code on} of a Switchtec.
 *
 * @param supplies at least two, since nothing may be on that one of them could take away
 * @param links by host
 * @param switches by provider, with their settings
 */
record ChassisSettings(
        Path root,
        List<Module> modules,
        List<Supply> supplies,
        List<String> fans,
        Map<String, String> links,
        Map<String, Map<String, String>> switches) {
    static final String NAME = "chassis";

    /** A slot has a number of one byte on every bus that a chassis is watched by. */
    private static final int MOST_MODULES = 256;

    /** What a rack's feed gives, far above any one module. */
    static final long MOST_WATTS = 100_000;

    private static final String CHIP = "[0-9]{1,3}-[0-9a-f]{4}";
    private static final Pattern MODULE =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63})\\s+([a-z0-9][a-z0-9._:-]{0,63})\\s+([0-9]{1,6})W(?:\\s+("
                    + CHIP + "))?");
    private static final Pattern SUPPLY = Pattern.compile("(" + CHIP + ")(?:\\s+([0-9]{1,6})W)?");
    private static final Pattern FAN = Pattern.compile(CHIP);
    private static final Pattern LINK = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._:-]{0,63})\\s+(" + CHIP + ")");

    ChassisSettings {
        modules = List.copyOf(modules);
        supplies = List.copyOf(supplies);
        fans = List.copyOf(fans);
        switches = Map.copyOf(switches);
        if (modules.isEmpty() || modules.size() > MOST_MODULES) {
            throw new IllegalArgumentException(
                    "modules names 1 to " + MOST_MODULES + " modules, not " + modules.size());
        }
        if (supplies.size() < 2) {
            throw new IllegalArgumentException(
                    "supplies names two chips at least: what is on has to last when one supply fails");
        }
        once("slot", modules.stream().map(Module::slot).toList());
        once("device", modules.stream().map(Module::device).toList());
        once("supply", supplies.stream().map(Supply::chip).toList());
        if (switches.isEmpty()) {
            throw new IllegalArgumentException(
                    "no switch routes the modules: write settings such as switchtec.address");
        }
    }

    /**
     * A module.
     *
     * @param slot as in {@code /sys/bus/pci/slots}
     * @param device what its slices call the device that powers up for them
     * @param watts what it takes at most
     * @param sensor the chip that watches its temperature
     */
    record Module(String slot, String device, long watts, Optional<String> sensor) {}

    /** @param watts what it gives at most; empty where it says so itself */
    record Supply(String chip, OptionalLong watts) {}

    static ChassisSettings parse(Map<String, String> texts) throws HalException {
        Map<String, String> own = new TreeMap<>();
        Map<String, Map<String, String>> switches = new TreeMap<>();
        texts.forEach((name, value) -> {
            int dot = name.indexOf('.');
            if (dot < 0) {
                own.put(name, value);
            } else {
                switches.computeIfAbsent(name.substring(0, dot), provider -> new TreeMap<>())
                        .put(name.substring(dot + 1), value);
            }
        });
        TextSettings settings = new TextSettings(NAME, own);
        String root = settings.text("root").orElse("/");
        String modules = settings.text("modules").orElse("");
        String supplies = settings.text("supplies").orElse("");
        String fans = settings.text("fans").orElse("");
        String links = settings.text("links").orElse("");
        settings.end();
        try {
            return new ChassisSettings(
                    Path.of(root), modules(modules), supplies(supplies), fans(fans), links(links), switches);
        } catch (IllegalArgumentException wrong) {
            throw settings.refused(String.valueOf(wrong.getMessage()), "correct lending.interposer.settings");
        }
    }

    private static List<Module> modules(String text) {
        List<Module> modules = new ArrayList<>();
        for (Matcher each :
                matches("modules", text, ";", MODULE, "SLOT DEVICE WATTS [SENSOR], such as 5 gpu0 300W 9-0048")) {
            modules.add(new Module(
                    String.valueOf(each.group(1)),
                    String.valueOf(each.group(2)),
                    watts(each.group(3)),
                    Optional.ofNullable(each.group(4))));
        }
        return modules;
    }

    private static List<Supply> supplies(String text) {
        List<Supply> supplies = new ArrayList<>();
        for (Matcher each : matches("supplies", text, ",", SUPPLY, "CHIP [WATTS], such as 7-0058 or 7-0058 1200W")) {
            @Nullable String watts = each.group(2);
            supplies.add(new Supply(
                    String.valueOf(each.group(1)),
                    watts == null ? OptionalLong.empty() : OptionalLong.of(watts(watts))));
        }
        return supplies;
    }

    private static List<String> fans(String text) {
        return matches("fans", text, ",", FAN, "CHIP, such as 8-0020").stream()
                .map(Matcher::group)
                .toList();
    }

    private static Map<String, String> links(String text) {
        Map<String, String> links = new LinkedHashMap<>();
        for (Matcher each : matches("links", text, ",", LINK, "HOST CHIP, such as alpha 10-0050")) {
            if (links.put(String.valueOf(each.group(1)), String.valueOf(each.group(2))) != null) {
                throw new IllegalArgumentException("links has the host " + each.group(1) + " twice");
            }
        }
        return links;
    }

    private static List<Matcher> matches(String name, String text, String between, Pattern form, String advice) {
        List<Matcher> found = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(between, -1)) {
            Matcher matcher = form.matcher(part.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(name + ": \"" + part.strip() + "\" is not " + advice);
            }
            found.add(matcher);
        }
        return found;
    }

    private static long watts(@Nullable String digits) {
        long watts = Long.parseLong(String.valueOf(digits));
        if (watts < 1 || watts > MOST_WATTS) {
            throw new IllegalArgumentException("watts are 1 to " + MOST_WATTS + ", not " + watts);
        }
        return watts;
    }

    private static void once(String what, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException("the " + what + " " + name + " is named twice");
            }
        }
    }
}
