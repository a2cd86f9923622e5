package org.rackweave.protocol.coap;

import java.net.DatagramPacket;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.scandium.DtlsDatagramFilter;
import org.eclipse.californium.scandium.dtls.ContentType;
import org.eclipse.californium.scandium.dtls.HandshakeType;

/**
 * Lets each address open few handshakes a second.
 *
 * <p>The DTLS engine answers a hello that it has no room for with another cookie, and a client of the same engine answers a
 * cookie at once: with a full table of sessions, one client and one server were seen to exchange 65,536 hellos in eight
 * seconds. Both sides filter, so that neither depends on the other.
 *
 * <p>Only the engine's one receiving thread calls it. Addresses share {@value #SLOTS} places: memory does not grow, and
 * whoever shares a place with a flood only starts its handshake a second later.
 */
final class HelloLimiter extends DtlsDatagramFilter {
    /** A handshake needs two hellos; this leaves room for one to be repeated, and for another process of the same host. */
    static final int HELLOS_PER_SECOND = 8;

    private static final int SLOTS = 1024;
    private static final int HANDSHAKE_TYPE_AT = 13;
    private static final int EPOCH_LOW_AT = 4;

    private final UnicastCounters counters;
    private final int[] hellos = new int[SLOTS];
    private final long[] seconds = new long[SLOTS];

    HelloLimiter(UnicastCounters counters) {
        this.counters = counters;
    }

    @Override
    public boolean onReceiving(DatagramPacket packet) {
        if (!super.onReceiving(packet)) {
            return false;
        }
        if (isHello(packet) && isOneTooMany(packet)) {
            counters.count(UnicastCounter.HELLO_LIMITED);
            return false;
        }
        return true;
    }

    private static boolean isHello(DatagramPacket packet) {
        byte[] data = packet.getData();
        int at = packet.getOffset();
        if (packet.getLength() <= HANDSHAKE_TYPE_AT
                || data[at] != ContentType.HANDSHAKE.getCode()
                || data[at + EPOCH_LOW_AT] != 0) {
            return false;
        }
        int type = data[at + HANDSHAKE_TYPE_AT] & 0xff;
        return type == HandshakeType.CLIENT_HELLO.getCode() || type == HandshakeType.HELLO_VERIFY_REQUEST.getCode();
    }

    private boolean isOneTooMany(DatagramPacket packet) {
        int slot = Math.floorMod(packet.getSocketAddress().hashCode(), SLOTS);
        long second = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        if (seconds[slot] != second) {
            seconds[slot] = second;
            hellos[slot] = 0;
        }
        return ++hellos[slot] > HELLOS_PER_SECOND;
    }
}
