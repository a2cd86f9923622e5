package org.rackweave.hal.sysfs;

import java.util.Objects;

/**
 * Where the kernel has a CXL memory device today.
 *
 * @param name its port, such as {@code endpoint3}
 * @param place that port's own folder, which lies in those of the ports above it
 */
record Endpoint(String name, String place) {
    Endpoint {
        Objects.requireNonNull(name);
        Objects.requireNonNull(place);
    }

    /** Of what its decoders are called. */
    String decoders() {
        return "decoder" + name.substring("endpoint".length()) + ".";
    }

    /** The first of them: the kernel takes them in their order, and a claim begins at the device's first byte. */
    String decoder() {
        return decoders() + "0";
    }
}
