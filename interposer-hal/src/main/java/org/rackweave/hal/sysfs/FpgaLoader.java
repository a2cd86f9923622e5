package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.KernelErrors;

/**
 * Loads images into an FPGA of this machine through its manager ({@code /sys/class/fpga_manager/NAME}). The image is a file below {@code
 * /lib/firmware}, which the kernel reads itself.
 *
 * <p>The attributes {@code firmware} and {@code flags} are those of the makers' kernels (AMD-Xilinx, Altera). The kernel of kernel.org loads
 * through device tree overlays alone; there a manager can be looked at and not told. Needs root; one thread uses it.
 */
public final class FpgaLoader implements AutoCloseable {
    /** The largest images have 200 MB, and the slowest way in takes 5 MB a second. */
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(2);

    private static final long LOOK_AGAIN_MILLIS = 20;
    private static final String CLASS = "/sys/class/fpga_manager/";
    private static final Pattern NAME = Pattern.compile("fpga[0-9]{1,9}");
    private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private final String name;
    private final Attributes attributes;
    private final Settled settled;
    private final Duration limit;

    /** How much of the device an image fills. */
    public enum Extent {
        /** All of it. */
        FULL("0"),
        /** One region, while the rest goes on. */
        PARTIAL("1");

        /** As {@code FPGA_MGR_PARTIAL_RECONFIG} has it: the lowest bit. */
        private final String flags;

        Extent(String flags) {
            this.flags = flags;
        }
    }

    FpgaLoader(String name, Attributes attributes, Duration limit) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a manager is named as in /sys/class/fpga_manager, such as fpga0: " + name);
        }
        this.name = name;
        this.attributes = attributes;
        this.settled = new Settled(attributes);
        this.limit = limit;
    }

    /**
     * Looks at nothing yet.
     *
     * @param name as in {@code /sys/class/fpga_manager}, such as {@code fpga0}
     */
    public static FpgaLoader ofThisMachine(String name) throws HalException {
        return new FpgaLoader(name, new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess()), LOAD_LIMIT);
    }

    /** Where it is; what is loaded the kernel does not say. */
    public FpgaState state() throws HalException {
        try {
            String text = settled.demand(path("state"));
            return FpgaState.of(text)
                    .orElseThrow(() -> new HalException.Unavailable(
                            name, "read state", "\"" + text + "\" is no state that is known", "use a newer rackweave"));
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    name,
                    "read state",
                    String.valueOf(refused.getMessage()),
                    "load the driver of the FPGA's manager; look at /sys/class/fpga_manager");
        }
    }

    /** What its driver says went wrong, a line each, such as {@code reconfig CRC error}; mostly none. */
    public List<String> failures() throws HalException {
        try {
            return attributes
                    .text(path("status"))
                    .map(text -> text.lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .toList())
                    .orElse(List.of());
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    name, "read status", String.valueOf(refused.getMessage()), "look at the kernel's log");
        }
    }

    /**
     * Loads an image, and returns when the device operates with it.
     *
     * @param image the name of a file in {@code /lib/firmware}
     * @throws HalException.Unavailable when this kernel takes no orders here
     * @throws HalException.Refused when what was loaded is loaded still
     * @throws HalException.OutcomeUnknown when nobody knows what is in the device now
     */
    public void load(String image, Extent extent) throws HalException {
        if (!IMAGE.matcher(image).matches()) {
            throw new IllegalArgumentException("an image is the name of a file in /lib/firmware: " + image);
        }
        demandOrders(image, extent);
        String operation = "load " + image;
        try {
            if (attributes.place(path("flags")).isPresent()) {
                settled.word(path("flags"), extent.flags, Settled.SHORT);
            }
        } catch (KernelRefusal refused) {
            throw new HalException.Refused(
                    name, operation, String.valueOf(refused.getMessage()), "nothing was loaded; run as root");
        }
        Optional<KernelRefusal> refusal = written(image);
        follow(operation, refusal);
    }

    private void demandOrders(String image, Extent extent) throws HalException {
        try {
            if (attributes.place(path("firmware")).isEmpty()) {
                throw new HalException.Unavailable(
                        name,
                        "load " + image,
                        "this kernel loads images only through device tree overlays",
                        "use the kernel of the FPGA's maker");
            }
            if (extent == Extent.PARTIAL && attributes.place(path("flags")).isEmpty()) {
                throw new HalException.Unavailable(
                        name, "load " + image, "its driver has no flags", "load an image for the whole device");
            }
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    name, "load " + image, String.valueOf(refused.getMessage()), "look at /sys/class/fpga_manager");
        }
    }

    private Optional<KernelRefusal> written(String image) {
        try {
            attributes.write(path("firmware"), image, limit);
            return Optional.empty();
        } catch (KernelRefusal refused) {
            return Optional.of(refused);
        }
    }

    /** Follows the state to where it stays, and believes that alone: a driver may say yes to a load that failed. */
    private void follow(String operation, Optional<KernelRefusal> refusal) throws HalException {
        FpgaState state = stateAfter(operation);
        for (long waited = 0; state.stage() == FpgaState.Stage.UNDER_WAY; waited += LOOK_AGAIN_MILLIS) {
            if (waited >= limit.toMillis()) {
                throw unknown(operation, "still in \"" + state.text() + "\" after " + limit.toSeconds() + " s");
            }
            pause(operation);
            state = stateAfter(operation);
        }
        String seen = "its state is \"" + state.text() + "\""
                + refusal.map(refused -> ", after " + refused.getMessage()).orElse("");
        switch (state.stage()) {
            case LOADED, RESTING -> {
                if (refusal.isPresent()) {
                    throw refusal.get().ofOrder(name, operation, seen + "; look whether a region or a program uses it");
                }
                if (state.stage() == FpgaState.Stage.RESTING) {
                    throw unknown(operation, seen + ", as if nothing had been ordered");
                }
            }
            case FAILED_BEFORE ->
                throw new HalException.Refused(
                        name,
                        operation,
                        seen,
                        "put the image into /lib/firmware, and compare it with the device; what was loaded is loaded still");
            case FAILED_WITHIN -> throw unknown(operation, seen);
            case UNDER_WAY -> throw new IllegalStateException("followed to its end: " + state);
        }
    }

    /** By now the order was given: a state that cannot be read does not say that nothing was done. */
    private FpgaState stateAfter(String operation) throws HalException {
        try {
            return state();
        } catch (HalException.Unavailable unread) {
            throw unknown(operation, String.valueOf(unread.getMessage()));
        }
    }

    private void pause(String operation) throws HalException {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw unknown(operation, "whoever waited for it was told to stop");
        }
    }

    private HalException unknown(String operation, String seen) {
        return new HalException.OutcomeUnknown(
                name,
                operation,
                seen + driversWord(),
                "load an image that is known to be good before anybody uses the device");
    }

    private String driversWord() {
        try {
            List<String> failures = failures();
            return failures.isEmpty() ? "" : "; its driver says " + String.join(", ", failures);
        } catch (HalException unreadable) {
            return "; what its driver says cannot be read";
        }
    }

    private String path(String attribute) {
        return CLASS + name + "/" + attribute;
    }

    @Override
    public void close() {
        attributes.close();
    }
}
