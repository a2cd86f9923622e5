package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.rackweave.hal.HalException;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.MctpLimits;
import org.rackweave.hal.mctp.MctpLink;
import org.rackweave.hal.mctp.MctpMessage;
import org.rackweave.hal.mctp.Octets;

/**
 * One peer of an MCTP network of the kernel's ({@code AF_MCTP}, Linux 5.15). The kernel cuts messages into packets, chooses tags and
 * gives an answer to the socket that asked; the message type travels in the address and not in the bytes.
 */
public final class MctpSocket implements MctpLink {
    private final LibC libc;
    private final int descriptor;
    private final int network;
    private final int endpoint;

    private MctpSocket(LibC libc, int descriptor, int network, int endpoint) {
        this.libc = libc;
        this.descriptor = descriptor;
        this.network = network;
        this.endpoint = endpoint;
    }

    /**
     * Opens a socket.
     *
     * @param network the kernel's number of it
     * @param endpoint the peer's id, 8 to 254
     * @throws IOException when the kernel has no MCTP, or does not let this process use it
     */
    public static MctpSocket open(int network, int endpoint) throws IOException {
        try {
            return open(LibC.load(), network, endpoint);
        } catch (HalException absent) {
            throw new IOException(absent.getMessage(), absent);
        }
    }

    static MctpSocket open(LibC libc, int network, int endpoint) throws IOException, HalException {
        LibC.Called called =
                libc.attempt("socket", NativeLayout.AF_MCTP, NativeLayout.SOCK_DGRAM | NativeLayout.SOCK_CLOEXEC, 0);
        int descriptor = (int) called.answer();
        if (descriptor < 0) {
            throw failed("a socket of the MCTP family", called, "use a kernel with CONFIG_MCTP, 5.15 or newer");
        }
        return new MctpSocket(libc, descriptor, network, endpoint);
    }

    @Override
    public Tags tags() {
        return Tags.THE_KERNELS;
    }

    @Override
    public void send(MctpMessage message, Deadline deadline) throws IOException {
        int length = message.body().length();
        try (Memory address = LibC.zeroed(NativeLayout.SOCKADDR_MCTP_BYTES);
                Memory body = LibC.zeroed(Math.max(1, length))) {
            body.write(0, message.body().toArray(), 0, length);
            address.setShort(NativeLayout.SOCKADDR_MCTP_FAMILY_AT, (short) NativeLayout.AF_MCTP);
            address.setInt(NativeLayout.SOCKADDR_MCTP_NETWORK_AT, network);
            address.setByte(NativeLayout.SOCKADDR_MCTP_ADDRESS_AT, (byte) endpoint);
            address.setByte(NativeLayout.SOCKADDR_MCTP_TYPE_AT, (byte) message.type());
            address.setByte(NativeLayout.SOCKADDR_MCTP_TAG_AT, (byte) NativeLayout.MCTP_TAG_OWNER);
            // Datagrams are taken whole or not at all, and the queue behind the socket is the kernel's.
            LibC.Called called = libc.attempt(
                    "sendto", descriptor, body, (long) length, 0, address, NativeLayout.SOCKADDR_MCTP_BYTES);
            if (called.answer() != length) {
                throw failed("sending to endpoint " + endpoint, called, "look at mctp route and mctp neigh");
            }
        } catch (HalException absent) {
            throw new IOException(absent.getMessage(), absent);
        }
    }

    @Override
    public MctpMessage receive(Deadline deadline) throws IOException {
        try (Memory address = LibC.zeroed(NativeLayout.SOCKADDR_MCTP_BYTES);
                Memory length = LibC.zeroed(Integer.BYTES);
                Memory body = LibC.zeroed(MctpLimits.MOST_MESSAGE_BYTES)) {
            await(deadline);
            length.setInt(0, NativeLayout.SOCKADDR_MCTP_BYTES);
            LibC.Called called = libc.attempt(
                    "recvfrom", descriptor, body, (long) MctpLimits.MOST_MESSAGE_BYTES, 0, address, length);
            int bytes = (int) called.answer();
            if (bytes < 0) {
                throw failed("receiving from endpoint " + endpoint, called, "look at the link");
            }
            if (bytes >= MctpLimits.MOST_MESSAGE_BYTES) {
                throw new IOException("endpoint " + endpoint + " sent a message of " + bytes + " bytes or more");
            }
            int tag = address.getByte(NativeLayout.SOCKADDR_MCTP_TAG_AT) & 0xFF;
            return new MctpMessage(
                    0,
                    address.getByte(NativeLayout.SOCKADDR_MCTP_ADDRESS_AT) & 0xFF,
                    (tag & NativeLayout.MCTP_TAG_OWNER) == 0 ? MctpMessage.Role.RESPONSE : MctpMessage.Role.REQUEST,
                    tag & NativeLayout.MCTP_TAG_MASK,
                    address.getByte(NativeLayout.SOCKADDR_MCTP_TYPE_AT) & 0x7F,
                    Octets.adopt(body.getByteArray(0, bytes)));
        } catch (HalException absent) {
            throw new IOException(absent.getMessage(), absent);
        }
    }

    private void await(Deadline deadline) throws IOException, HalException {
        try (Memory poll = LibC.zeroed(NativeLayout.POLLFD_BYTES)) {
            poll.setInt(NativeLayout.POLLFD_FD_AT, descriptor);
            poll.setShort(NativeLayout.POLLFD_EVENTS_AT, NativeLayout.POLLIN);
            LibC.Called called = poll(poll, deadline);
            // An int: what stands above its 32 bits means nothing.
            int ready = (int) called.answer();
            while (ready < 0 && called.errno() == Errno.EINTR) {
                // A signal of the virtual machine's own: the peer is as well as before.
                called = poll(poll, deadline);
                ready = (int) called.answer();
            }
            if (ready < 0) {
                throw failed("waiting for endpoint " + endpoint, called, "look at the link");
            }
            if (ready == 0) {
                throw new SocketTimeoutException("out of time waiting for an answer");
            }
        }
    }

    private LibC.Called poll(Memory poll, Deadline deadline) throws HalException {
        return libc.attempt("poll", poll, 1L, (int) Math.min(Integer.MAX_VALUE, deadline.leftMillis()));
    }

    private static IOException failed(String doing, LibC.Called called, String advice) {
        return new IOException(doing + ": " + Errno.name(called.errno()) + "; " + advice);
    }

    @Override
    public void close() throws IOException {
        try {
            libc.attempt("close", descriptor);
        } catch (HalException absent) {
            throw new IOException(absent.getMessage(), absent);
        }
    }
}
