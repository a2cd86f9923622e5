package org.rackweave.sim.interposer;

import java.util.Map;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;

/** Opens {@link FileWindowInterposer}s; chosen in the configuration by {@code simulated}. */
public final class SimulatedInterposerProvider implements InterposerProvider {
    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public Interposer open(String nodeName, Map<String, String> settings) throws HalException {
        return FileWindowInterposer.open(nodeName, SimulatedSettings.parse(settings));
    }
}
