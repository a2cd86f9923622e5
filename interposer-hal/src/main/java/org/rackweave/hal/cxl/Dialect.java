package org.rackweave.hal.cxl;

import java.util.Locale;
import java.util.Optional;

/** How a peer lays out what the specification left room for, or what it read otherwise. Found out by the first answer of a switch. */
public enum Dialect {
    /** As the text of CXL 3.x says; so does QEMU. */
    CXL3,
    /**
     * As JackrabbitLabs' programs speak: category, length and background bits of the header at other places, an identity without
     * component type, 20 zero bytes after the identity of a switch, a message type byte in tunnelled messages.
     */
    JRL;

    /** The name in configuration and inventory: {@code cxl3}, {@code jrl}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The dialect whose answers start with this byte; requests of both start with 0 and tell nothing. */
    public static Optional<Dialect> ofAnswer(int firstByte) {
        return switch (firstByte) {
            case 0x01 -> Optional.of(CXL3);
            case 0x10 -> Optional.of(JRL);
            default -> Optional.empty();
        };
    }
}
