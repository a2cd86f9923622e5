package org.rackweave.hal.inventory;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The CXL bus of a machine.
 *
 * @param devices its memory devices
 * @param ports the tree from the windows to the devices
 * @param decoders every decoder of that tree
 * @param regions what has been made of them
 */
public record CxlBus(
        List<CxlMemoryDevice> devices, List<CxlPort> ports, List<CxlDecoder> decoders, List<CxlRegion> regions) {
    public static final CxlBus NONE = new CxlBus(List.of(), List.of(), List.of(), List.of());

    public CxlBus {
        devices = List.copyOf(devices);
        ports = List.copyOf(ports);
        decoders = List.copyOf(decoders);
        regions = List.copyOf(regions);
    }

    /**
     * The volatile capacity of a device that none of its decoders has taken.
     *
     * @return empty when the device or one of its decoders did not say, or has no endpoint in the tree yet: a device
     *     whose use is unknown is not free
     */
    public OptionalLong freeVolatileBytes(CxlMemoryDevice device) {
        Optional<CxlPort> endpoint = endpointOf(device);
        if (endpoint.isEmpty() || device.volatileBytes().isEmpty()) {
            return OptionalLong.empty();
        }
        long free = device.volatileBytes().getAsLong();
        for (CxlDecoder decoder : decodersOf(endpoint.get())) {
            if (decoder.deviceBytes().isEmpty()) {
                return OptionalLong.empty();
            }
            if (!decoder.mode().filter("pmem"::equals).isPresent()) {
                free -= decoder.deviceBytes().getAsLong();
            }
        }
        return OptionalLong.of(Math.max(0, free));
    }

    /**
     * The host addresses of a window that no region uses.
     *
     * @return empty when the window or one of its regions did not say
     */
    public OptionalLong freeWindowBytes(CxlDecoder window) {
        if (window.role() != CxlDecoder.Role.ROOT || window.sizeBytes().isEmpty()) {
            return OptionalLong.empty();
        }
        long free = window.sizeBytes().getAsLong();
        for (CxlRegion region : regions) {
            if (region.window().filter(window.name()::equals).isPresent()) {
                if (region.sizeBytes().isEmpty()) {
                    return OptionalLong.empty();
                }
                free -= region.sizeBytes().getAsLong();
            }
        }
        return OptionalLong.of(Math.max(0, free));
    }

    private Optional<CxlPort> endpointOf(CxlMemoryDevice device) {
        return ports.stream()
                .filter(port -> port.role() == CxlPort.Role.ENDPOINT)
                .filter(port -> port.upstream().filter(device.name()::equals).isPresent())
                .findFirst();
    }

    private List<CxlDecoder> decodersOf(CxlPort port) {
        return decoders.stream()
                .filter(decoder -> decoder.port().filter(port.name()::equals).isPresent())
                .toList();
    }
}
