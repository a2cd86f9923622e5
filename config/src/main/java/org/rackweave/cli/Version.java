package org.rackweave.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Which version this is, as its jar says. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(not from a distribution)");
        return new String[] {
            "rackweave " + version,
            "Java " + Runtime.version() + " on " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
