package org.rackweave.daemon;

import java.util.Optional;

/** The version of this software, from the manifest of its jar. */
public final class Version {
    private Version() {}

    public static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
