package org.rackweave.hal.cxl.pool;

import java.util.HexFormat;

/**
 * What slices behind a CXL switch are called, for whoever lends them and for whoever stands before the switch.
 *
 * <pre>
 * mld-0000000000002a03-ld1     logical device 1 of the pooled device with this serial number, in whichever port it is
 * port3-ld1                    of one that says no serial number
 * port5                        a device that is not pooled
 * </pre>
 */
public final class CxlSliceKeys {
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
        return serial == 0 ? ofPort(port) : "mld-" + HexFormat.of().toHexDigits(serial);
    }
}
