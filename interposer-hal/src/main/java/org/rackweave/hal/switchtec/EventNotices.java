package org.rackweave.hal.switchtec;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.wire.Decoded;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.hal.switchtec.wire.EthernetHeader.Packet;

/**
 * A connection on which a switch says that something occurred, and not what: a packet without a body each time. However many there are,
 * they are one notice for who reads what occurred afterwards.
 */
final class EventNotices implements AutoCloseable {
    /** So many are taken at once; a storm goes on in the next turn. */
    private static final int MOST_AT_ONCE = 4_096;

    private static final long NANOS_A_MILLI = 1_000_000;

    private final String device;
    private final Socket socket;

    /** Of a header that has begun. */
    private final byte[] header = new byte[EthernetHeader.BYTES];

    private int have;
    private int toSkip;

    private EventNotices(String device, Socket socket) {
        this.device = device;
        this.socket = socket;
    }

    static EventNotices open(InetSocketAddress address, int instance, Duration timeout) throws HalException {
        EventNotices notices = new EventNotices(address.getHostString() + ":" + instance, new Socket());
        try {
            notices.socket.setTcpNoDelay(true);
            notices.socket.connect(address, Math.toIntExact(timeout.toMillis()));
            notices.socket
                    .getOutputStream()
                    .write(EthernetHeader.frame(Packet.OPEN, instance, EthernetHeader.EVENTS, new byte[0], 0));
            notices.require(Packet.ACCEPT, System.nanoTime() + timeout.toNanos());
            return notices;
        } catch (IOException failed) {
            notices.close();
            throw notices.unavailable(String.valueOf(failed.getMessage()));
        } catch (HalException failed) {
            notices.close();
            throw failed;
        }
    }

    /** Returns when a notice has come, or the time is over. What comes in pieces over several turns is put together. */
    void await(Duration most) throws HalException {
        try {
            require(Packet.EVENT, System.nanoTime() + most.toNanos());
            for (int taken = 1; taken < MOST_AT_ONCE && socket.getInputStream().available() > 0; taken++) {
                require(Packet.EVENT, System.nanoTime() + NANOS_A_MILLI);
            }
        } catch (SocketTimeoutException none) {
            // Nothing has occurred, as far as was told.
        } catch (IOException failed) {
            throw unavailable(String.valueOf(failed.getMessage()));
        }
    }

    private void require(Packet wanted, long endNanos) throws IOException, HalException {
        while (toSkip > 0) {
            toSkip -= read(new byte[toSkip], 0, endNanos);
        }
        while (have < header.length) {
            have += read(header, have, endNanos);
        }
        have = 0;
        Decoded<EthernetHeader> decoded = EthernetHeader.decode(header);
        if (!(decoded instanceof Decoded.Accepted<EthernetHeader> accepted)
                || accepted.value().packet() != wanted) {
            throw unavailable("expected " + wanted + " on the connection of events, got " + decoded);
        }
        if (wanted == Packet.ACCEPT && accepted.value().wantedOrCode() != 0) {
            throw unavailable("the switch answered " + accepted.value());
        }
        toSkip = accepted.value().bodyBytes();
    }

    private int read(byte[] into, int from, long endNanos) throws IOException {
        long leftMillis = (endNanos - System.nanoTime()) / NANOS_A_MILLI;
        // At least a moment, for what is there already.
        socket.setSoTimeout(Math.toIntExact(Math.max(1, leftMillis)));
        InputStream in = socket.getInputStream();
        int more = in.read(into, from, into.length - from);
        if (more < 0) {
            throw new IOException("the switch closed the connection of events");
        }
        return more;
    }

    private HalException unavailable(String seen) {
        return new HalException.Unavailable(
                device,
                "await events",
                seen,
                "check that the switch's management port tells of events; or watch without");
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // There is nobody left to tell.
        }
    }
}
