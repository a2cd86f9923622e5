package org.rackweave.hal.nativelinux;

import com.sun.jna.Pointer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rackweave.hal.HalException;

/**
 * Finds the name of an error in the text that Java has of it. Java says what {@code strerror} says, in the language of the process, and
 * keeps the number to itself; so the same function is asked for each number.
 */
public final class KernelErrors {
    private final Map<String, String> names = new HashMap<>();

    private KernelErrors() {}

    /** @throws HalException.Unavailable when there is no C library to ask */
    public static KernelErrors ofThisProcess() throws HalException {
        LibC libc = LibC.load();
        KernelErrors errors = new KernelErrors();
        for (Map.Entry<Integer, String> error : Errno.NAMES.entrySet()) {
            long text = libc.callLong("strerror", answer -> answer == 0, error.getKey());
            errors.names.put(new Pointer(text).getString(0), error.getValue());
        }
        return errors;
    }

    /** {@code EBUSY} for {@code Device or resource busy}; empty for what no error says. */
    public Optional<String> name(String text) {
        return Optional.ofNullable(names.get(text));
    }
}
