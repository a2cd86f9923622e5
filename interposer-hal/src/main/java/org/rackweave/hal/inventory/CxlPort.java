package org.rackweave.hal.inventory;

import java.util.List;
import java.util.Optional;

/**
 * One node of the CXL tree, from the firmware's windows down to the endpoints.
 *
 * @param name the kernel's name for it
 * @param role what it is in the tree
 * @param parent the port above it
 * @param upstream the device that it is: a host bridge, a switch's upstream port, a memory device
 * @param downstream the devices below which the tree goes on: root ports and switch downstream ports
 */
public record CxlPort(
        String name, Role role, Optional<String> parent, Optional<String> upstream, List<String> downstream) {
    public CxlPort {
        Require.notBlank(name, "name");
        downstream = List.copyOf(downstream);
    }

    /** What a port is in the tree. */
    public enum Role {
        ROOT,
        BRIDGE_OR_SWITCH,
        ENDPOINT
    }
}
