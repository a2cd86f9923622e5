package org.rackweave.hal;

import java.util.Objects;

/**
 * How a host reaches a slice that is bound to it.
 *
 * @param kind the interface in the field's words: {@code cxl-memory}, {@code pcie-device},
 *     {@code pcie-function}, {@code accelerator}, {@code lanes}, {@code nvme-of}, {@code rdma}, {@code execution-slot}, or
 *     {@code file-window} where memory is simulated
 * @param address where it is found by the host, in the form that the kind defines
 * @param lengthBytes how long the window is, 0 where there is none
 */
public record HardwareAttachment(String kind, String address, long lengthBytes) {
    public HardwareAttachment {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(address);
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("lengthBytes is negative: " + lengthBytes);
        }
    }
}
