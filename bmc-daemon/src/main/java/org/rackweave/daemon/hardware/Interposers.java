package org.rackweave.daemon.hardware;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;

/** Finds the interposer that the configuration names, among those whose jars are there. */
public final class Interposers {
    /** The word for a node that routes nothing. */
    public static final String NONE = "none";

    private Interposers() {}

    public static Interposer open(String provider, String nodeName, Map<String, String> settings) throws HalException {
        TreeSet<String> known = new TreeSet<>();
        known.add(NONE);
        if (provider.equals(NONE)) {
            return new NoInterposer();
        }
        for (InterposerProvider candidate : ServiceLoader.load(InterposerProvider.class)) {
            if (candidate.name().equals(provider)) {
                return candidate.open(nodeName, settings);
            }
            known.add(candidate.name());
        }
        throw new HalException.Unavailable(
                provider,
                "open",
                "there is no such interposer; this installation has " + String.join(", ", known),
                "correct lending.interposer.provider, or install the jar that has it");
    }
}
