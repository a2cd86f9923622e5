package org.rackweave.hal.text;

import java.util.OptionalInt;

/**
 * The configuration space of a PCI Express function (PCI Express 5.0, 7.6). Extended capabilities begin at byte 256:
 *
 * <pre>
 * 15:0 id    19:16 version    31:20 where the next one is, 0 at the last
 * 000Dh ACS: control at +6, bit 2 request redirect, bit 3 completion redirect, bit 4 upstream forwarding
 * 000Fh ATS: control at +6, bit 15 on
 * </pre>
 */
public final class ConfigurationSpace {
    /** Of each function; what may be read only in part has no extended capabilities to be seen. */
    public static final int BYTES = 4096;

    private static final int FIRST = 256;
    private static final int SMALLEST_BYTES = 8;
    private static final int MOST_CAPABILITIES = (BYTES - FIRST) / SMALLEST_BYTES;
    private static final int ACS = 0x000D;
    private static final int ATS = 0x000F;
    private static final int CONTROL_AT = 6;
    private static final int REDIRECT = 0b1_1100;
    private static final int ATS_ON = 0x8000;

    private final byte[] bytes;

    /** @param bytes as the kernel shows it: 64 to an ordinary user, all to root */
    public ConfigurationSpace(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /** Whether extended capabilities can be told from none: without them a function shows zeros here, or nothing at all. */
    public boolean isWhole() {
        return bytes.length >= BYTES;
    }

    /** Whether requests and completions between what is below this port go up to where the IOMMU sees them. */
    public boolean redirectsPeers() {
        OptionalInt control = control(ACS);
        return control.isPresent() && (control.getAsInt() & REDIRECT) == REDIRECT;
    }

    /** Whether this function may ask the IOMMU for addresses and then use them untranslated. */
    public boolean translatesAddresses() {
        OptionalInt control = control(ATS);
        return control.isPresent() && (control.getAsInt() & ATS_ON) != 0;
    }

    private OptionalInt control(int wanted) {
        int at = FIRST;
        for (int seen = 0; seen < MOST_CAPABILITIES && at >= FIRST && at + SMALLEST_BYTES <= bytes.length; seen++) {
            int header = word(at) | (word(at + Short.BYTES) << 16);
            if ((header & 0xFFFF) == wanted) {
                return OptionalInt.of(word(at + CONTROL_AT));
            }
            at = (header >>> 20) & ~3;
        }
        return OptionalInt.empty();
    }

    private int word(int at) {
        return (bytes[at] & 0xFF) | ((bytes[at + 1] & 0xFF) << 8);
    }
}
