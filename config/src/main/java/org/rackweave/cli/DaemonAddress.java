package org.rackweave.cli;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.config.Parsed;
import org.rackweave.crypto.NodeId;

/**
 * Where a daemon answers.
 *
 * @param host a name or an IP address, with the scope where it needs one
 * @param port UDP port
 * @param expected which node has to be there, where that is known
 */
record DaemonAddress(String host, int port, Optional<NodeId> expected) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]+(?:%[^\\s\\]]+)?)\\]|([^\\s:\\[\\]]+)):([0-9]{1,5})");

    DaemonAddress {
        Objects.requireNonNull(expected);
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a daemon's address is a host and a port");
        }
    }

    /** Whether a text is meant as an address rather than as the name of a node. */
    static boolean isMeant(String text) {
        return text.indexOf(':') >= 0;
    }

    static Parsed<DaemonAddress> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return new Parsed.Wrong<>(
                    "'" + text + "' is not an address", "write HOST:PORT, or [ADDRESS%INTERFACE]:PORT for IPv6");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port < 1 || port > 65_535) {
            return new Parsed.Wrong<>(
                    "port " + port + " of '" + text + "' is out of range", "write a port from 1 to 65535");
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return new Parsed.Value<>(new DaemonAddress(host, port, Optional.empty()));
    }

    /** The same place, where only this node will do. */
    DaemonAddress expecting(NodeId node) {
        return new DaemonAddress(host, port, Optional.of(node));
    }

    /** With the host's name looked up, where it is one that somebody knows. */
    InetSocketAddress socket() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
