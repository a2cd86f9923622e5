package org.rackweave.cli;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.config.Parsed;
import org.rackweave.crypto.NodeId;
import org.rackweave.hal.settings.HostPort;

/**
 * Where a daemon answers.
 *
 * @param host a name or an IP address, with the scope where it needs one
 * @param port UDP port
 * @param expected which node has to be there, where that is known
 */
record DaemonAddress(String host, int port, Optional<NodeId> expected) {
    DaemonAddress {
        Objects.requireNonNull(expected);
        // Throws for what is no place.
        HostPort unused = new HostPort(host, port);
    }

    /** Whether a text is meant as an address rather than as the name of a node. */
    static boolean isMeant(String text) {
        return text.indexOf(':') >= 0;
    }

    static Parsed<DaemonAddress> parse(String text) {
        return HostPort.parse(text)
                .<Parsed<DaemonAddress>>map(
                        place -> new Parsed.Value<>(new DaemonAddress(place.host(), place.port(), Optional.empty())))
                .orElseGet(() -> new Parsed.Wrong<>("'" + text + "' is not an address", "write " + HostPort.FORM));
    }

    /** The same place, where only this node will do. */
    DaemonAddress expecting(NodeId node) {
        return new DaemonAddress(host, port, Optional.of(node));
    }

    /** With the host's name looked up, where it is one that somebody knows. */
    InetSocketAddress socket() {
        return new HostPort(host, port).socket();
    }

    @Override
    public String toString() {
        return new HostPort(host, port).toString();
    }
}
