package org.rackweave.protocol.message;

import java.util.Objects;

/**
 * How the borrower's host reaches what was lent.
 *
 * @param kind {@code cxl-memory}, {@code pcie-device}, {@code pcie-function}, {@code accelerator}, {@code lanes}, {@code nvme-of},
 *     {@code rdma}, {@code execution-slot}, or {@code file-window} where memory is simulated; at most 32 characters
 * @param address where the host finds it, in the form that the kind defines; at most 512 characters
 * @param lengthBytes length of the window, 0 where there is none
 */
public record Attachment(String kind, String address, long lengthBytes) {
    public static final int MAX_KIND_CHARS = 32;
    public static final int MAX_ADDRESS_CHARS = 512;

    public Attachment {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(address);
        if (kind.isEmpty() || kind.length() > MAX_KIND_CHARS || address.length() > MAX_ADDRESS_CHARS) {
            throw new IllegalArgumentException("attachment kind or address is empty or too long");
        }
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("lengthBytes is negative");
        }
    }
}
