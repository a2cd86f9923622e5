package org.rackweave.protocol.multicast;

/** The rules that several payloads share, each said once. */
final class PayloadRules {
    /** A boot epoch has 32 bits unsigned. */
    static final long MAX_BOOT_EPOCH = 0xFFFF_FFFFL;

    private PayloadRules() {}

    static long requireBootEpoch(long bootEpoch) {
        if (bootEpoch < 0 || bootEpoch > MAX_BOOT_EPOCH) {
            throw new IllegalArgumentException("a boot epoch is 0 to 4294967295, not " + bootEpoch);
        }
        return bootEpoch;
    }

    static int requirePort(int port) {
        if (port < 1 || port > Endpoint.MAX_PORT) {
            throw new IllegalArgumentException("a port is 1 to " + Endpoint.MAX_PORT + ", not " + port);
        }
        return port;
    }

    static byte[] requireBytes(byte[] bytes, int maxBytes) {
        if (bytes.length == 0 || bytes.length > maxBytes) {
            throw new IllegalArgumentException("1 to " + maxBytes + " bytes are allowed here, not " + bytes.length);
        }
        return bytes.clone();
    }
}
