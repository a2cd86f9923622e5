package org.rackweave.hal.cxl.pool;

import java.util.Map;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;
import org.rackweave.hal.cxl.FmPatience;

/** Opens CXL switches by their fabric manager interface over MCTP and TCP; chosen in the configuration by {@code cxl-switch}. */
public final class CxlSwitchProvider implements InterposerProvider {
    @Override
    public String name() {
        return "cxl-switch";
    }

    @Override
    public Interposer open(String nodeName, Map<String, String> settings) throws HalException {
        return CxlSwitchInterposer.open(CxlSwitchSettings.parse(settings), FmPatience.USUAL);
    }
}
