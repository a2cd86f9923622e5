package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import java.time.Duration;
import org.rackweave.hal.HalException;
import org.rackweave.hal.uevent.UeventSource;
import org.rackweave.hal.uevent.UeventText;

/**
 * The kernel's own events of its devices, by a netlink socket ({@code NETLINK_KOBJECT_UEVENT}). No right is needed. In a network namespace
 * that belongs to another user namespace than the first the kernel says nothing: there it can be opened and stays silent.
 */
public final class UeventSocket implements UeventSource {
    /** The kernel's own messages; the other group has what udev makes of them. */
    private static final int KERNELS_GROUP = 1;

    /**
     * What may wait for us in the kernel, in bytes. A message takes between one and two KiB there, so this is what comes in some 50 ms
     * of the worst storm; without the right to ask for so much it is what the kernel grants, some 200 KiB.
     */
    private static final int QUEUE_BYTES = 8 << 20;

    /** Messages of others that are passed over in one wait: only root can send such, and nobody has a reason to. */
    private static final int MOST_STRANGERS = 64;

    private static final String DEVICE = "the kernel's events";

    private final LibC libc;
    private final int descriptor;
    private final Memory address = LibC.zeroed(NativeLayout.SOCKADDR_NL_BYTES);
    private final Memory length = LibC.zeroed(Integer.BYTES);
    private final Memory message = LibC.zeroed(UeventText.MOST_BYTES);

    private UeventSocket(LibC libc, int descriptor) {
        this.libc = libc;
        this.descriptor = descriptor;
    }

    /**
     * Opens one. From then on events wait to be taken.
     *
     * @throws HalException.Unavailable when the kernel has none, or does not let this process listen
     */
    public static UeventSocket open() throws HalException {
        return open(LibC.load(), QUEUE_BYTES);
    }

    static UeventSocket open(LibC libc, int queueBytes) throws HalException {
        LibC.Called called = libc.attempt(
                "socket",
                NativeLayout.AF_NETLINK,
                NativeLayout.SOCK_DGRAM | NativeLayout.SOCK_CLOEXEC,
                NativeLayout.NETLINK_KOBJECT_UEVENT);
        if ((int) called.answer() < 0) {
            throw unavailable("socket", called.errno());
        }
        UeventSocket socket = new UeventSocket(libc, (int) called.answer());
        socket.widen(queueBytes);
        socket.join();
        return socket;
    }

    /** The larger queue is worth asking for, and is no condition. */
    private void widen(int queueBytes) throws HalException {
        try (Memory bytes = LibC.zeroed(Integer.BYTES)) {
            bytes.setInt(0, queueBytes);
            LibC.Called called = set(NativeLayout.SO_RCVBUFFORCE, bytes);
            if ((int) called.answer() != 0) {
                set(NativeLayout.SO_RCVBUF, bytes);
            }
        }
    }

    private LibC.Called set(int option, Memory value) throws HalException {
        return libc.attempt("setsockopt", descriptor, NativeLayout.SOL_SOCKET, option, value, Integer.BYTES);
    }

    private void join() throws HalException {
        address.setShort(NativeLayout.SOCKADDR_NL_FAMILY_AT, (short) NativeLayout.AF_NETLINK);
        address.setInt(NativeLayout.SOCKADDR_NL_PORT_AT, 0);
        address.setInt(NativeLayout.SOCKADDR_NL_GROUPS_AT, KERNELS_GROUP);
        LibC.Called called = libc.attempt("bind", descriptor, address, NativeLayout.SOCKADDR_NL_BYTES);
        if ((int) called.answer() != 0) {
            close();
            throw unavailable("bind", called.errno());
        }
    }

    @Override
    public Heard next(Duration patience) throws HalException {
        int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(0, patience.toMillis()));
        for (int strangers = 0; strangers < MOST_STRANGERS; strangers++) {
            LibC.Called called = receive();
            int bytes = (int) called.answer();
            if (bytes >= 0 && isKernels()) {
                return read(bytes);
            }
            if (bytes < 0 && called.errno() == Errno.ENOBUFS) {
                return new Lost("more events came than the kernel keeps for us");
            }
            if (bytes < 0 && called.errno() != Errno.EAGAIN && called.errno() != Errno.EINTR) {
                throw unavailable("recvfrom", called.errno());
            }
            if (bytes < 0 && called.errno() == Errno.EAGAIN && !await(millis)) {
                return new Silence();
            }
        }
        return new Silence();
    }

    private LibC.Called receive() throws HalException {
        length.setInt(0, NativeLayout.SOCKADDR_NL_BYTES);
        return libc.attempt(
                "recvfrom",
                descriptor,
                message,
                (long) UeventText.MOST_BYTES,
                NativeLayout.MSG_DONTWAIT | NativeLayout.MSG_TRUNC,
                address,
                length);
    }

    /** Whether the kernel has sent what is in the message, and not somebody who names a group. */
    private boolean isKernels() {
        return length.getInt(0) == NativeLayout.SOCKADDR_NL_BYTES
                && address.getInt(NativeLayout.SOCKADDR_NL_PORT_AT) == 0;
    }

    private Heard read(int bytes) {
        if (bytes > UeventText.MOST_BYTES) {
            return new Lost("an event of " + bytes + " bytes");
        }
        return UeventText.read(message.getByteArray(0, bytes))
                .fold(Event::new, (fault, detail) -> new Lost("an event that is none: " + fault + ", " + detail));
    }

    /** Whether something came; a signal of the virtual machine's own ends the wait as well. */
    private boolean await(int millis) throws HalException {
        try (Memory poll = LibC.zeroed(NativeLayout.POLLFD_BYTES)) {
            poll.setInt(NativeLayout.POLLFD_FD_AT, descriptor);
            poll.setShort(NativeLayout.POLLFD_EVENTS_AT, NativeLayout.POLLIN);
            return (int) libc.attempt("poll", poll, 1L, millis).answer() > 0;
        }
    }

    private static HalException unavailable(String operation, int errno) {
        return new HalException.Unavailable(
                DEVICE,
                operation,
                Errno.name(errno),
                "use a kernel with CONFIG_NET, and let the process use AF_NETLINK (RestrictAddressFamilies of its unit)");
    }

    @Override
    public void close() {
        try {
            libc.attempt("close", descriptor);
        } catch (HalException absent) {
            // A C library that opened it and cannot close it: the kernel does when the process ends.
        }
    }
}
