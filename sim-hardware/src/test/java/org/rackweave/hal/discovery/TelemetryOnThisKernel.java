package org.rackweave.hal.discovery;

import java.nio.file.Path;

/** The contract on the machine that runs this, which only looks: also in guests. */
public class TelemetryOnThisKernel extends TelemetryContract {
    @Override
    protected Path root() {
        return Path.of("/");
    }
}
