package org.rackweave.sim.cxl;

import org.rackweave.hal.cxl.Dialect;

class JrlSwitchInterposerTest extends CxlSwitchInterposerTest {
    @Override
    protected Dialect dialect() {
        return Dialect.JRL;
    }
}
