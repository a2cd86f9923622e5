package org.rackweave.crypto;

import java.util.Objects;
import java.util.Optional;

/**
 * Who somebody is, as a verified certificate says.
 *
 * @param name the common name: {@code [a-z0-9][a-z0-9.-]*}, at most 63 characters
 * @param id the hash of its key
 * @param role what it is in the rack
 * @param agentOf for a host agent, the node whose host it runs on
 */
public record Principal(String name, NodeId id, Role role, Optional<NodeId> agentOf) {
    public Principal {
        Objects.requireNonNull(name);
        Objects.requireNonNull(id);
        Objects.requireNonNull(role);
        Objects.requireNonNull(agentOf);
    }
}
