package org.rackweave.crypto;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a verified certificate says about its holder.
 *
 * @param name the common name: a label for people; decisions use {@code id}
 * @param id the hash of the holder's own key
 * @param role what the holder may be
 * @param agentOf for a host agent, and for nobody else, the node whose host it is
 */
public record Principal(String name, NodeId id, Role role, Optional<NodeId> agentOf) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    /** Refuses a bad name, a host agent without a node and a node named by anybody else. */
    public Principal {
        if (!isName(name)) {
            throw new IllegalArgumentException("a name has 1 to 63 of a-z, 0-9, '.' and '-', starting with a letter or"
                    + " digit, but this was '" + name + "'");
        }
        if ((role == Role.HOST_AGENT) != agentOf.isPresent()) {
            throw new IllegalArgumentException(
                    role == Role.HOST_AGENT
                            ? "a host agent's certificate must say whose host it is"
                            : "only a host agent belongs to another node, a " + role.word() + " does not");
        }
    }

    /** Whether {@code name} can stand in a certificate. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** For logs and tables: {@code node a (1f0c22ab)}. */
    @Override
    public String toString() {
        String whose = agentOf.map(node -> " of " + node.brief()).orElse("");
        return role.word() + " " + name + " (" + id.brief() + ")" + whose;
    }
}
