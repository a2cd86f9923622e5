package org.rackweave.hal.sysfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;

/**
 * Regions of volatile memory, each made of one device. The order is the kernel's:
 *
 * <pre>
 *   create_ram_region: ways, granularity
 *     decoder of the device: mode, dpa_size
 *       region: size, target0, commit, driver        take-down is the same from the end
 * </pre>
 *
 * Each step looks first whether it is done already, so what a crash left half made is finished by {@link #make} or taken away by
 * {@link #takeDown}.
 */
final class RamRegions {
    private static final String DRIVER = "/sys/bus/cxl/drivers/cxl_region/";
    private static final Pattern REGION = Pattern.compile("region[0-9]{1,9}");
    private static final Pattern TARGET = Pattern.compile("target[0-9]{1,3}");

    private final Attributes attributes;
    private final Settled settled;
    private final Endpoints endpoints;

    RamRegions(Attributes attributes) {
        this.attributes = attributes;
        this.settled = new Settled(attributes);
        this.endpoints = new Endpoints(attributes);
    }

    /**
     * The folder of the region that uses a device, half made or whole.
     *
     * @throws HalException.Unavailable when it is not one of ours: of several devices, of another size, or not from the first decoder on
     */
    Optional<String> of(Endpoint endpoint, Claim claim, String operation) throws KernelRefusal, HalException {
        List<String> using = new ArrayList<>();
        for (String region : attributes.names(Endpoints.DEVICES, REGION)) {
            List<String> targets = targets(Endpoints.DEVICES + region);
            if (targets.stream().anyMatch(target -> target.startsWith(endpoint.decoders()))) {
                using.add(region);
                requireOurs(region, targets, endpoint, claim, operation);
            }
        }
        if (using.size() > 1) {
            throw stranger(claim, operation, "the regions " + using);
        }
        return using.isEmpty() ? Optional.empty() : Optional.of(Endpoints.DEVICES + using.get(0));
    }

    private void requireOurs(String region, List<String> targets, Endpoint endpoint, Claim claim, String operation)
            throws KernelRefusal, HalException {
        long bytes = settled.number(Endpoints.DEVICES + region + "/size");
        if (!targets.equals(List.of(endpoint.decoder())) || bytes != claim.bytes()) {
            throw stranger(claim, operation, region + " of " + bytes + " bytes over " + targets);
        }
    }

    private static HalException stranger(Claim claim, String operation, String what) {
        return new HalException.Unavailable(
                claim.key(),
                operation,
                what + " use it, which this daemon did not make so",
                "take them down ('cxl destroy-region'), or do not claim this device");
    }

    private List<String> targets(String region) throws KernelRefusal {
        List<String> targets = new ArrayList<>();
        for (String name : attributes.names(region, TARGET)) {
            attributes
                    .text(region + "/" + name)
                    .filter(target -> !target.isEmpty())
                    .ifPresent(targets::add);
        }
        return targets;
    }

    /** Its folder, committed and with its driver. */
    String make(Endpoint endpoint, Claim claim, String operation) throws KernelRefusal, HalException {
        Optional<String> begun = of(endpoint, claim, operation);
        String region = begun.isPresent() ? begun.get() : begin(endpoint, claim);
        if (settled.number(region + "/commit") != 1) {
            commit(region, endpoint, claim);
        }
        if (driver(region).isEmpty()) {
            attributes.write(DRIVER + "bind", name(region), Settled.SHORT);
            if (driver(region).isEmpty()) {
                throw new KernelRefusal(KernelRefusal.Reason.OTHER, region, "cxl_region did not take it");
            }
        }
        return region;
    }

    /** One that nobody has given a device yet is a leaving of a crash: the next is made of it, so that none pile up. */
    private String begin(Endpoint endpoint, Claim claim) throws KernelRefusal, HalException {
        String window = endpoints.windowFor(endpoint, claim);
        for (String name : attributes.names(window, REGION)) {
            String region = window + "/" + name;
            long bytes = settled.number(region + "/size");
            if (settled.demand(region + "/mode").equals("ram")
                    && settled.number(region + "/commit") == 0
                    && targets(region).isEmpty()
                    && (bytes == 0 || bytes == claim.bytes())) {
                return Endpoints.DEVICES + name;
            }
        }
        String name = settled.demand(window + "/create_ram_region");
        attributes.write(window + "/create_ram_region", name, Settled.SHORT);
        return Endpoints.DEVICES + name;
    }

    private void commit(String region, Endpoint endpoint, Claim claim) throws KernelRefusal {
        String decoder = Endpoints.DEVICES + endpoint.decoder();
        settled.number(region + "/interleave_granularity", settled.number(region + "/../interleave_granularity"));
        settled.number(region + "/interleave_ways", 1);
        if (!settled.demand(decoder + "/mode").equals("ram")) {
            settled.number(decoder + "/dpa_size", 0);
            settled.word(decoder + "/mode", "ram", Settled.SHORT);
        }
        settled.numberAnew(decoder + "/dpa_size", claim.bytes());
        settled.numberAnew(region + "/size", claim.bytes());
        settled.word(region + "/target0", endpoint.decoder(), Settled.SHORT);
        settled.number(region + "/commit", 1);
    }

    /** Afterwards no region uses the device, and none of its memory is taken. */
    void takeDown(Endpoint endpoint, Claim claim, String operation) throws KernelRefusal, HalException {
        Optional<String> found = of(endpoint, claim, operation);
        if (found.isPresent()) {
            String region = found.get();
            if (driver(region).isPresent()) {
                attributes.write(DRIVER + "unbind", name(region), Settled.SHORT);
            }
            settled.number(region + "/commit", 0);
            attributes.write(region + "/../delete_region", name(region), Settled.SHORT);
            if (attributes.place(region).isPresent()) {
                throw new KernelRefusal(KernelRefusal.Reason.OTHER, region, "it is still there after it was deleted");
            }
        }
        settled.number(Endpoints.DEVICES + endpoint.decoder() + "/dpa_size", 0);
    }

    private Optional<String> driver(String region) throws KernelRefusal {
        return attributes.place(region + "/driver");
    }

    private static String name(String region) {
        return region.substring(region.lastIndexOf('/') + 1);
    }
}
