package org.rackweave.protocol.coap;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.NodeId;

/**
 * Whom to speak to.
 *
 * @param address where it listens; a link-local one carries its scope
 * @param expected which node it must prove to be; empty when any member of the rack will do. Nothing is sent to another
 */
public record Peer(InetSocketAddress address, Optional<NodeId> expected) {
    public Peer {
        Objects.requireNonNull(expected);
        if (address.isUnresolved() || address.getPort() == 0) {
            throw new IllegalArgumentException("a peer needs an address and a port, not " + address);
        }
    }

    /** For people: {@code [fe80::1%eth0]:5684} or {@code 127.0.0.1:5684}, and the node where one is expected. */
    @Override
    public String toString() {
        String host = address.getAddress().getHostAddress();
        String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return bracketed + ":" + address.getPort()
                + expected.map(id -> " (node " + id.brief() + ")").orElse("");
    }
}
