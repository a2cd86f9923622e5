package org.rackweave.hal.sysfs;

import java.time.Duration;
import java.util.OptionalLong;
import org.rackweave.hal.text.Numerals;

/** Attributes that are written only when they do not say so already, and read back afterwards. */
final class Settled {
    /** What makes no memory move is a matter of milliseconds; a second was seen under emulation. */
    static final Duration SHORT = Duration.ofSeconds(60);

    private final Attributes attributes;

    Settled(Attributes attributes) {
        this.attributes = attributes;
    }

    void number(String path, long value) throws KernelRefusal {
        if (number(path) == value) {
            return;
        }
        // In decimal: of 0x1 the kernel reads yes or no in the first letter, which is no.
        attributes.write(path, Long.toString(value), SHORT);
        require(path, () -> number(path) == value, value);
    }

    /** What is to be a number, is one already, and has to be 0 before it can be another. */
    void numberAnew(String path, long value) throws KernelRefusal {
        if (number(path) != 0 && number(path) != value) {
            number(path, 0);
        }
        number(path, value);
    }

    void word(String path, String value, Duration limit) throws KernelRefusal {
        if (!saysAlready(path, value)) {
            attributes.write(path, value, limit);
            require(path, () -> saysAlready(path, value), value);
        }
    }

    long number(String path) throws KernelRefusal {
        String text = demand(path);
        OptionalLong number = Numerals.byteCount(text);
        return number.orElseThrow(
                () -> new KernelRefusal(KernelRefusal.Reason.OTHER, path, "no number: \"" + text + "\""));
    }

    String demand(String path) throws KernelRefusal {
        return attributes
                .text(path)
                .orElseThrow(() -> new KernelRefusal(KernelRefusal.Reason.ABSENT, path, "there is no such attribute"));
    }

    private boolean saysAlready(String path, String value) throws KernelRefusal {
        return attributes.text(path).filter(value::equals).isPresent();
    }

    private interface Look {
        boolean isAsWanted() throws KernelRefusal;
    }

    /** It was told by now: why it cannot be read back is no reason to believe that nothing was done. */
    private void require(String path, Look look, Object wanted) throws KernelRefusal {
        try {
            if (!look.isAsWanted()) {
                throw notAsWanted(path, wanted, "says " + attributes.text(path).orElse("nothing"));
            }
        } catch (KernelRefusal unread) {
            throw unread.reason() == KernelRefusal.Reason.OTHER
                    ? unread
                    : notAsWanted(path, wanted, "could not be read back: " + unread.getMessage());
        }
    }

    private static KernelRefusal notAsWanted(String path, Object wanted, String seen) {
        return new KernelRefusal(KernelRefusal.Reason.OTHER, path, "it was told " + wanted + " and " + seen);
    }
}
