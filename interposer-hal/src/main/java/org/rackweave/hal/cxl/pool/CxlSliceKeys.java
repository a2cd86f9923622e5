package org.rackweave.hal.cxl.pool;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What slices behind a CXL switch are called, for whoever lends them and for whoever stands before the switch.
 *
 * <pre>
 * mld-0000000000002a03-ld1     logical device 1 of the pooled device with this serial number, in whichever port it is
 * port3-ld1                    of one that says no serial number
 * port5                        a device that is not pooled
 * dcd-0000000000000009-4       piece 4 of the dynamic capacity device with this serial number; port8-4 where it says none
 * </pre>
 */
public final class CxlSliceKeys {
    private static final String DYNAMIC = "dcd-";

    private CxlSliceKeys() {}

    /** A device that is not pooled. */
    public static String ofPort(int port) {
        return "port" + port;
    }

    /** @param serial of the pooled device, 0 where it says none */
    public static String ofLogicalDevice(long serial, int port, int logicalDevice) {
        return device(serial, port) + ending(logicalDevice);
    }

    /** How the keys of this logical device end, of whichever device it is. */
    public static String ending(int logicalDevice) {
        return "-ld" + logicalDevice;
    }

    static String device(long serial, int port) {
        return named("mld-", serial, port);
    }

    /** A piece of a dynamic capacity device. */
    static String ofPiece(String device, int index) {
        return device + "-" + index;
    }

    static String dynamicDevice(long serial, int port) {
        return named(DYNAMIC, serial, port);
    }

    /**
     * The names of all pieces that may be of the device behind a port. Any logical device of it can have any of them.
     *
     * @param serial of the device; 0 where it could not be read, so that it may be any
     */
    public static Pattern ofPieces(long serial, int port) {
        String known = serial == 0 ? DYNAMIC + "[0-9a-f]{16}" : dynamicDevice(serial, port);
        return Pattern.compile("(?:" + known + "|" + ofPort(port) + ")-[0-9]+");
    }

    private static String named(String kind, long serial, int port) {
        return serial == 0 ? ofPort(port) : kind + HexFormat.of().toHexDigits(serial);
    }
}
