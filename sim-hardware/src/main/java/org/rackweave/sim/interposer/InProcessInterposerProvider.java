package org.rackweave.sim.interposer;

import java.util.Map;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;

/** Found by the daemon when its configuration says {@code simulated-in-process}. */
public final class InProcessInterposerProvider implements InterposerProvider {
    /** The word in the configuration. */
    public static final String NAME = "simulated-in-process";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Interposer open(String nodeName, Map<String, String> settings) throws HalException {
        return InProcessInterposer.open(nodeName, settings);
    }
}
