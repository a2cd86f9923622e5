package org.rackweave.daemon.hardware;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/** The hardware that an operator says is this node's own. What discovery happens to see is nobody's until it is claimed. */
public final class Claims {
    private final List<PathMatcher> globs;

    /** @param globs patterns of hardware keys, such as {@code mem*} */
    public Claims(List<String> globs) {
        this.globs = globs.stream()
                .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                .toList();
    }

    boolean cover(String hardwareKey) {
        Path key = Path.of(hardwareKey);
        return globs.stream().anyMatch(glob -> glob.matches(key));
    }
}
