package org.rackweave.hal.nativelinux;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import org.rackweave.hal.HalException;

/**
 * The funnel: each call of the C library goes through {@link #callInt} or {@link #callLong}, which look the function
 * up by its name, call it, and turn a failure into a {@link HalException}.
 *
 * <p>Nothing is loaded in a static initialiser. A library that cannot be loaded there surfaces as a {@code
 * NoClassDefFoundError} at whichever caller comes second, far from the reason.
 */
final class LibC {
    private static final String DEVICE = "the C library";

    private final NativeLibrary library;

    private LibC(NativeLibrary library) {
        this.library = library;
    }

    /**
     * Loads the C library.
     *
     * @throws HalException.Unavailable when this is not 64-bit Linux, or when JNA or the library cannot be loaded
     */
    static LibC load() throws HalException {
        return load("c");
    }

    static LibC load(String name) throws HalException {
        try {
            if (!Platform.isLinux() || Native.LONG_SIZE != Long.BYTES) {
                throw new HalException.Unavailable(
                        DEVICE,
                        "load",
                        "this is not 64-bit Linux",
                        "run it on 64-bit Linux; the native calls are written for no other");
            }
            return new LibC(NativeLibrary.getInstance(name));
        } catch (LinkageError notLoadable) {
            // JNA unpacks its own part into java.io.tmpdir: a full or no-exec folder there is the usual reason. Once
            // that
            // has failed, its classes answer NoClassDefFoundError, which is a LinkageError too.
            throw new HalException.Unavailable(
                    DEVICE,
                    "load",
                    String.valueOf(notLoadable.getMessage()),
                    "give the process a temporary folder that it may run code from (-Djna.tmpdir=FOLDER)");
        }
    }

    /**
     * Calls a function that answers with an {@code int}, and that changes nothing when it fails.
     *
     * @param failed tells from the answer whether it failed
     */
    int callInt(String function, IntPredicate failed, Object... arguments) throws HalException {
        int answer = lookUp(function).invokeInt(arguments);
        int errno = Native.getLastError();
        if (failed.test(answer)) {
            throw refused(function, errno);
        }
        return answer;
    }

    /** Calls a function that changes nothing and answers with a {@code long}. */
    long callLong(String function, LongPredicate failed, Object... arguments) throws HalException {
        long answer = lookUp(function).invokeLong(arguments);
        int errno = Native.getLastError();
        if (failed.test(answer)) {
            throw refused(function, errno);
        }
        return answer;
    }

    /**
     * What a call answered.
     *
     * @param answer as the C library's function gave it
     * @param errno what it left behind; means something only when the answer says that it failed
     */
    record Called(long answer, int errno) {}

    /** Calls a function whose failure may have changed something: what it means is for the caller to say. */
    Called attempt(String function, Object... arguments) throws HalException {
        long answer = lookUp(function).invokeLong(arguments);
        return new Called(answer, Native.getLastError());
    }

    private Function lookUp(String function) throws HalException {
        try {
            return library.getFunction(function);
        } catch (UnsatisfiedLinkError absent) {
            throw new HalException.Unavailable(
                    DEVICE,
                    function,
                    "there is no such function",
                    "use a C library that has it: glibc 2.17 or musl 1.2, or newer");
        }
    }

    /** Memory for a call to write into, zeroed. */
    static Memory zeroed(int bytes) {
        Memory memory = new Memory(bytes);
        memory.clear();
        return memory;
    }

    private static HalException refused(String function, int errno) {
        String seen = Errno.name(errno);
        return switch (errno) {
            case Errno.ENOENT, Errno.ENODEV, Errno.ENOSYS ->
                new HalException.Unavailable(DEVICE, function, seen, "load the driver, or use a kernel that has it");
            case Errno.EPERM, Errno.EACCES ->
                new HalException.Refused(DEVICE, function, seen, "give the process the right to call it");
            default ->
                new HalException.Refused(
                        DEVICE,
                        function,
                        seen,
                        "nothing was changed; if it comes again, it is a fault of this program");
        };
    }
}
