package org.rackweave.hal.sysfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;

/** Finds devices by their serial numbers, and windows of host addresses by which they are reached. */
final class Endpoints {
    static final String DEVICES = "/sys/bus/cxl/devices/";

    private static final Pattern ENDPOINT = Pattern.compile("endpoint[0-9]{1,9}");
    private static final Pattern DECODER = Pattern.compile("decoder[0-9]{1,9}\\.[0-9]{1,9}");
    private static final Pattern DOWNSTREAM = Pattern.compile("dport[0-9]{1,9}");
    private static final Pattern REGION = Pattern.compile("region[0-9]{1,9}");
    private static final Pattern ROOT = Pattern.compile("(/.*/root[0-9]{1,9})/(port[0-9]{1,9})(/.*)?");

    private final Attributes attributes;

    Endpoints(Attributes attributes) {
        this.attributes = attributes;
    }

    /** @throws HalException.Unavailable when it is not there, or two say that they are it */
    Endpoint of(Claim claim, String operation) throws KernelRefusal, HalException {
        List<Endpoint> found = new ArrayList<>();
        for (String name : attributes.names(DEVICES, ENDPOINT)) {
            Optional<String> serial = attributes.text(DEVICES + name + "/uport/serial");
            if (serial.filter(text -> isSerial(text, claim)).isPresent()) {
                found.add(new Endpoint(name, attributes.place(DEVICES + name).orElse(DEVICES + name)));
            }
        }
        if (found.size() != 1) {
            throw new HalException.Unavailable(
                    claim.key(),
                    operation,
                    found.isEmpty()
                            ? "no CXL memory device of this machine has this serial number and is in use by cxl_mem"
                            : "several devices say that this is their serial number",
                    "look at /sys/bus/cxl/devices/mem*/serial, load cxl_acpi, cxl_pci, cxl_mem and cxl_port, and"
                            + " correct lending.interposer.settings");
        }
        return found.get(0);
    }

    private static boolean isSerial(String text, Claim claim) {
        try {
            return text.startsWith("0x") && Long.parseUnsignedLong(text.substring(2), 16) == claim.serial();
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    /** The first window that reaches this device alone, is made for volatile memory, and has room. */
    String windowFor(Endpoint endpoint, Claim claim) throws KernelRefusal, HalException {
        Settled settled = new Settled(attributes);
        List<String> passedOver = new ArrayList<>();
        var path = ROOT.matcher(endpoint.place());
        if (!path.matches()) {
            throw new KernelRefusal(KernelRefusal.Reason.OTHER, endpoint.place(), "it lies below no root port");
        }
        String root = path.group(1);
        String target = downstreamOf(root, root + "/" + path.group(2));
        for (String decoder : attributes.names(root, DECODER)) {
            String folder = root + "/" + decoder;
            if (!settled.demand(folder + "/target_list").equals(target)) {
                passedOver.add(decoder + " does not lead to its host bridge alone");
            } else if (attributes.text(folder + "/create_ram_region").isEmpty()) {
                passedOver.add(decoder + " takes no volatile memory, or this kernel is older than 6.3");
            } else if (freeBytes(settled, folder) < claim.bytes()) {
                passedOver.add(decoder + " has " + (freeBytes(settled, folder) >> 20) + " MiB of addresses left");
            } else {
                return folder;
            }
        }
        throw new HalException.Refused(
                claim.key(),
                "bind",
                "no window of host addresses fits: "
                        + (passedOver.isEmpty() ? "there is none" : String.join("; ", passedOver)),
                "let the firmware make one that is not interleaved and large enough, or claim less");
    }

    /** The number by which the root's decoders know the host bridge that this port is. */
    private String downstreamOf(String root, String port) throws KernelRefusal {
        Optional<String> bridge = attributes.place(port + "/uport");
        for (String link : attributes.names(root, DOWNSTREAM)) {
            if (bridge.isPresent() && attributes.place(root + "/" + link).equals(bridge)) {
                return link.substring("dport".length());
            }
        }
        throw new KernelRefusal(KernelRefusal.Reason.OTHER, port, "it is no downstream port of " + root);
    }

    private long freeBytes(Settled settled, String window) throws KernelRefusal {
        long free = settled.number(window + "/size");
        for (String region : attributes.names(window, REGION)) {
            free -= settled.number(window + "/" + region + "/size");
        }
        return free;
    }
}
