package org.rackweave.hal.sysfs;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The attributes of the kernel's devices, below {@code /sys}. For one thread. */
interface Attributes extends AutoCloseable {
    /** What an attribute says, without the blanks around it; empty when there is no such attribute. */
    Optional<String> text(String path) throws KernelRefusal;

    /** The names in a folder that match, shorter ones first so that {@code mem10} comes after {@code mem9}; none without the folder. */
    List<String> names(String folder, Pattern wanted) throws KernelRefusal;

    /** Where a path leads once its links are followed; empty when it leads nowhere. */
    Optional<String> place(String path) throws KernelRefusal;

    /**
     * Writes an attribute and returns when the kernel has done what that means.
     *
     * @param limit after this the kernel is told to stop, which it then does and undoes, or does not before it is finished
     * @throws KernelRefusal when the kernel did not do it
     */
    void write(String path, String value, Duration limit) throws KernelRefusal;

    @Override
    void close();
}
