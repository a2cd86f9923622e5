package org.rackweave.hal.nativelinux;

import java.util.Map;

/** The error numbers of Linux, as x86 and ARM have them, by their names. */
final class Errno {
    static final int ENOENT = 2;
    static final int ENODEV = 19;
    static final int ENOSYS = 38;
    static final int EPERM = 1;
    static final int EACCES = 13;
    static final int EINVAL = 22;
    static final int ENXIO = 6;
    static final int EBADF = 9;
    static final int ENOTTY = 25;
    static final int EBADE = 52;
    static final int EBUSY = 16;
    static final int ETIMEDOUT = 110;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENOBUFS = 105;
    static final int ERANGE = 34;
    static final int EOPNOTSUPP = 95;

    static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(EPERM, "EPERM"),
            Map.entry(ENOENT, "ENOENT"),
            Map.entry(3, "ESRCH"),
            Map.entry(EINTR, "EINTR"),
            Map.entry(5, "EIO"),
            Map.entry(ENXIO, "ENXIO"),
            Map.entry(EBADF, "EBADF"),
            Map.entry(EAGAIN, "EAGAIN"),
            Map.entry(12, "ENOMEM"),
            Map.entry(EACCES, "EACCES"),
            Map.entry(14, "EFAULT"),
            Map.entry(EBUSY, "EBUSY"),
            Map.entry(ENODEV, "ENODEV"),
            Map.entry(20, "ENOTDIR"),
            Map.entry(EINVAL, "EINVAL"),
            Map.entry(ENOTTY, "ENOTTY"),
            Map.entry(28, "ENOSPC"),
            Map.entry(30, "EROFS"),
            Map.entry(ERANGE, "ERANGE"),
            Map.entry(ENOSYS, "ENOSYS"),
            Map.entry(EBADE, "EBADE"),
            Map.entry(EOPNOTSUPP, "EOPNOTSUPP"),
            Map.entry(97, "EAFNOSUPPORT"),
            Map.entry(ENOBUFS, "ENOBUFS"),
            Map.entry(111, "ECONNREFUSED"),
            Map.entry(113, "EHOSTUNREACH"),
            Map.entry(ETIMEDOUT, "ETIMEDOUT"));

    private Errno() {}

    static String name(int number) {
        return NAMES.getOrDefault(number, "errno " + number);
    }
}
