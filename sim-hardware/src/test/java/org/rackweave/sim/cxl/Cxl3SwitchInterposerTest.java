package org.rackweave.sim.cxl;

import org.rackweave.hal.cxl.Dialect;

class Cxl3SwitchInterposerTest extends CxlSwitchInterposerTest {
    @Override
    protected Dialect dialect() {
        return Dialect.CXL3;
    }
}
