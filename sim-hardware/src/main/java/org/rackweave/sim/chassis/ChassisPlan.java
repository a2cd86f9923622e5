package org.rackweave.sim.chassis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a simulated chassis has, a line for each thing:
 *
 * <pre>
 * # Comment.
 * supply 7-0058 600W                 a power supply, its chip and what it gives at most
 * fans 8-0020                        a tray of two fans and its chip
 * link alpha 10-0050                 the optical link to a host and its chip
 * slot 1 cxl 2 40W 9-0048            a slot: behind which switch and port of it, what its module takes, the chip that watches it
 * slot 5 switchtec 16 300W 9-004c
 * cxl port 2 sld 4GiB                a line of the CXL switch's own plan
 * switchtec stack 2 8,8              a line of the Switchtec's own plan
 * </pre>
 *
 * {@code {dir}} in a line of a switch is the chassis's folder.
 *
 * @param cxl the lines of the CXL switch; with none there is no such switch
 * @param switchtec the lines of the Switchtec; with none there is no such switch
 */
record ChassisPlan(
        List<Supply> supplies,
        List<String> fans,
        List<Link> links,
        List<Slot> slots,
        List<String> cxl,
        List<String> switchtec) {
    /** The numbers of slots are the device numbers of one bus. */
    private static final int MOST_SLOTS = 31;

    private static final String CHIP = "[0-9]{1,3}-[0-9a-f]{4}";
    private static final Pattern SUPPLY = Pattern.compile("supply (" + CHIP + ") ([0-9]{1,6})W");
    private static final Pattern FANS = Pattern.compile("fans (" + CHIP + ")");
    private static final Pattern LINK = Pattern.compile("link ([A-Za-z0-9][A-Za-z0-9._:-]{0,63}) (" + CHIP + ")");
    private static final Pattern SLOT =
            Pattern.compile("slot ([0-9]{1,2}) (cxl|switchtec) ([0-9]{1,3}) ([0-9]{1,6})W (" + CHIP + ")");
    private static final String CXL = "cxl ";
    private static final String SWITCHTEC = "switchtec ";

    record Supply(String chip, long watts) {}

    record Link(String host, String chip) {}

    /** Which switch a slot is behind. */
    enum Behind {
        CXL,
        SWITCHTEC
    }

    /** @param watts what its module takes while it is on */
    record Slot(int number, Behind behind, int port, long watts, String chip) {}

    ChassisPlan {
        supplies = List.copyOf(supplies);
        fans = List.copyOf(fans);
        links = List.copyOf(links);
        slots = List.copyOf(slots);
        cxl = List.copyOf(cxl);
        switchtec = List.copyOf(switchtec);
        Set<Object> seen = new HashSet<>();
        for (Slot slot : slots) {
            if (slot.number() < 1 || slot.number() > MOST_SLOTS || !seen.add(slot.number())) {
                throw new IllegalArgumentException(
                        "slots have numbers from 1 to " + MOST_SLOTS + ", each once, and one has " + slot.number());
            }
            if ((slot.behind() == Behind.CXL ? cxl : switchtec).isEmpty()) {
                throw new IllegalArgumentException("slot " + slot.number() + " is behind a switch that no line makes");
            }
        }
    }

    /** @throws IllegalArgumentException when a line cannot be understood; the message quotes it */
    static ChassisPlan parse(String text, String directory) {
        Lines lines = new Lines();
        text.lines()
                .map(line -> line.replaceFirst("#.*", "").strip().replaceAll("\\s+", " "))
                .filter(line -> !line.isEmpty())
                .map(line -> line.replace("{dir}", directory))
                .forEach(lines::take);
        return new ChassisPlan(lines.supplies, lines.fans, lines.links, lines.slots, lines.cxl, lines.switchtec);
    }

    private static final class Lines {
        private final List<Supply> supplies = new ArrayList<>();
        private final List<String> fans = new ArrayList<>();
        private final List<Link> links = new ArrayList<>();
        private final List<Slot> slots = new ArrayList<>();
        private final List<String> cxl = new ArrayList<>();
        private final List<String> switchtec = new ArrayList<>();

        void take(String line) {
            Matcher supply = SUPPLY.matcher(line);
            Matcher fan = FANS.matcher(line);
            Matcher link = LINK.matcher(line);
            Matcher slot = SLOT.matcher(line);
            if (line.startsWith(CXL)) {
                cxl.add(line.substring(CXL.length()));
            } else if (line.startsWith(SWITCHTEC)) {
                switchtec.add(line.substring(SWITCHTEC.length()));
            } else if (supply.matches()) {
                supplies.add(new Supply(supply.group(1), Long.parseLong(supply.group(2))));
            } else if (fan.matches()) {
                fans.add(fan.group(1));
            } else if (link.matches()) {
                links.add(new Link(link.group(1), link.group(2)));
            } else if (slot.matches()) {
                slots.add(new Slot(
                        Integer.parseInt(slot.group(1)),
                        slot.group(2).equals("cxl") ? Behind.CXL : Behind.SWITCHTEC,
                        Integer.parseInt(slot.group(3)),
                        Long.parseLong(slot.group(4)),
                        slot.group(5)));
            } else {
                throw new IllegalArgumentException("\"" + line
                        + "\" is none of: supply CHIP WATTS, fans CHIP, link HOST CHIP,"
                        + " slot NUMBER cxl|switchtec PORT WATTS CHIP, cxl LINE, switchtec LINE");
            }
        }
    }
}
