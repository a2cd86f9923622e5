package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;

/**
 * What the virtual functions of this machine's network devices may send, told to their drivers through the kernel (rtnetlink). To tell
 * needs the right {@code CAP_NET_ADMIN}. The kernel answers before a call returns, so nothing is waited for. For one thread.
 */
public final class RouteNetlink implements AutoCloseable {
    /** {@code IFNAMSIZ} is 16 with the end of the text; the kernel forbids blanks and slashes. */
    private static final Pattern NAME = Pattern.compile("[!-.0-~]{1,15}");

    private static final String SET = "set transmit rate";
    private static final String READ = "read transmit rate";

    private final LibC libc;
    private final int descriptor;
    private int sequence;

    private RouteNetlink(LibC libc, int descriptor) {
        this.libc = libc;
        this.descriptor = descriptor;
    }

    /** @throws HalException.Unavailable when this process may open no socket of the kind */
    public static RouteNetlink open() throws HalException {
        LibC libc = LibC.load();
        LibC.Called called = libc.attempt(
                "socket",
                NativeLayout.AF_NETLINK,
                NativeLayout.SOCK_RAW | NativeLayout.SOCK_CLOEXEC,
                NativeLayout.NETLINK_ROUTE);
        int descriptor = (int) called.answer();
        if (descriptor < 0) {
            throw new HalException.Unavailable(
                    "rtnetlink",
                    "open",
                    Errno.name(called.errno()),
                    "let the process use sockets of the family AF_NETLINK (systemd: RestrictAddressFamilies)");
        }
        return new RouteNetlink(libc, descriptor);
    }

    /**
     * Limits what a virtual function sends, and reads back that it is limited.
     *
     * @param interfaceName of the physical function
     * @param function the driver's number of the virtual one, from 0
     * @param megabitsPerSecond at most the link's speed; 0 for no limit
     * @throws HalException.Refused when the driver knows no such limit, or not this one
     */
    public void setTransmitRate(String interfaceName, int function, int megabitsPerSecond) throws HalException {
        if (function < 0 || megabitsPerSecond < 0) {
            throw new IllegalArgumentException(
                    "a function and a rate are not negative, but are " + function + " and " + megabitsPerSecond);
        }
        sequence++;
        byte[] answer = exchange(
                LinkMessage.setRate(sequence, checked(interfaceName), function, megabitsPerSecond), SET, interfaceName);
        OptionalInt error = LinkMessage.error(answer);
        if (error.isEmpty()) {
            throw unknown(interfaceName, SET, "it answered with no acknowledgement");
        }
        requireNone(error.getAsInt(), SET, interfaceName);
        int now = transmitRate(interfaceName, function);
        if (now != megabitsPerSecond) {
            throw unknown(
                    interfaceName,
                    SET,
                    "function " + function + " was told " + megabitsPerSecond + " Mbit/s and says " + now);
        }
    }

    /**
     * What a virtual function may send at most, Mbit/s; 0 where it is not limited.
     *
     * @throws HalException.Unavailable when there is no such interface, or it has no such virtual function
     */
    public int transmitRate(String interfaceName, int function) throws HalException {
        sequence++;
        byte[] answer = exchange(LinkMessage.get(sequence, checked(interfaceName)), READ, interfaceName);
        requireNone(LinkMessage.error(answer).orElse(0), READ, interfaceName);
        OptionalInt rate = LinkMessage.rate(answer, function);
        if (rate.isEmpty()) {
            throw new HalException.Unavailable(
                    interfaceName,
                    READ,
                    "it has no virtual function " + function + " with a rate",
                    "look at: ip link show " + interfaceName);
        }
        return rate.getAsInt();
    }

    private byte[] exchange(byte[] message, String operation, String interfaceName) throws HalException {
        LibC.Called sent = libc.attempt("send", descriptor, message, (long) message.length, 0);
        if (sent.answer() != message.length) {
            throw unknown(interfaceName, operation, "the kernel took no message: " + Errno.name(sent.errno()));
        }
        try (Memory buffer = LibC.zeroed(LinkMessage.MOST_BYTES)) {
            LibC.Called received =
                    libc.attempt("recv", descriptor, buffer, (long) LinkMessage.MOST_BYTES, NativeLayout.MSG_DONTWAIT);
            if (received.answer() <= 0) {
                throw unknown(interfaceName, operation, "the kernel did not answer: " + Errno.name(received.errno()));
            }
            byte[] answer = buffer.getByteArray(0, (int) received.answer());
            if (!LinkMessage.answers(answer, sequence)) {
                throw unknown(interfaceName, operation, "the kernel answered something else");
            }
            return answer;
        }
    }

    private static void requireNone(int error, String operation, String interfaceName) throws HalException {
        if (error == 0) {
            return;
        }
        String seen = Errno.name(error);
        throw switch (error) {
            case Errno.ENODEV ->
                new HalException.Unavailable(interfaceName, operation, seen, "look at the interfaces' names: ip link");
            case Errno.EOPNOTSUPP ->
                new HalException.Refused(
                        interfaceName, operation, seen, "its driver limits no rates: lend its functions without one");
            case Errno.EINVAL, Errno.ERANGE ->
                new HalException.Refused(
                        interfaceName,
                        operation,
                        seen,
                        "bring its link up, and stay below the link's speed and the number of its virtual functions");
            case Errno.EPERM, Errno.EACCES ->
                new HalException.Refused(interfaceName, operation, seen, "run as root, or with CAP_NET_ADMIN");
            default -> unknown(interfaceName, operation, seen);
        };
    }

    private static HalException unknown(String interfaceName, String operation, String seen) {
        return new HalException.OutcomeUnknown(
                interfaceName, operation, seen, "look at: ip link show " + interfaceName);
    }

    private static String checked(String interfaceName) {
        if (!NAME.matcher(interfaceName).matches()) {
            throw new IllegalArgumentException("an interface has 1 to 15 characters, not: " + interfaceName);
        }
        return interfaceName;
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
