package org.rackweave.protocol.multicast;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * Where a node answers CoAP over DTLS: the source address of its datagram, which no payload can choose, and the port
 * that the payload names.
 *
 * @param address numeric, with its scope where it is link-local
 * @param port 1 to 65535
 */
public record Endpoint(InetAddress address, int port) {
    /** The largest UDP port. */
    public static final int MAX_PORT = 65_535;

    public Endpoint {
        Objects.requireNonNull(address);
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("a port is 1 to " + MAX_PORT + ", not " + port);
        }
    }

    /** The same, for a socket. */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    /** {@code host:port}, or {@code [host%scope]:port} for IPv6. */
    @Override
    public String toString() {
        String host = address.getHostAddress();
        return address instanceof Inet6Address ? "[" + host + "]:" + port : host + ":" + port;
    }
}
