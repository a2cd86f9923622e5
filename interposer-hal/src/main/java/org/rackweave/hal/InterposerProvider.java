package org.rackweave.hal;

import java.util.Map;

/**
 * Opens interposers of one kind. Found by its {@link #name()} among the services of the class path, so that a daemon that
 * is configured for simulated hardware needs no line of code that names it.
 */
public interface InterposerProvider {
    /** The word by which the configuration chooses this provider, such as {@code simulated}. */
    String name();

    /**
     * Opens the hardware.
     *
     * @param nodeName the name of the node that owns it
     * @param settings what the configuration says under {@code lending.interposer.settings}; unknown keys are refused
     * @throws HalException when it is not there, may not be opened, or a setting is wrong (the message says which)
     */
    Interposer open(String nodeName, Map<String, String> settings) throws HalException;
}
