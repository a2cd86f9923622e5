package org.rackweave.protocol.multicast;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;

/**
 * Where a node multicasts.
 *
 * @param interfaces the names of the interfaces, 1 to 16, each once; a name is the interface's identity, its index may
 *     change
 * @param group6 where an interface has an IPv6 link-local address: a transient group of link-local scope, {@code
 *     ff12::/16}
 * @param group4 where it has not: an administratively scoped group, {@code 239.0.0.0/8}
 * @param port 1 to 65535, the same at all nodes of a rack
 */
public record MulticastSettings(List<String> interfaces, Inet6Address group6, Inet4Address group4, int port) {
    /**
     * The group and port of a rack that nobody configured otherwise: {@code [ff12::5257]} ("RW"), {@code 239.82.87.1},
     * 5257.
     */
    public static final int DEFAULT_PORT = 5_257;

    private static final int MAX_INTERFACES = 16;

    public MulticastSettings {
        interfaces = List.copyOf(interfaces);
        Objects.requireNonNull(group6);
        Objects.requireNonNull(group4);
        if (interfaces.isEmpty()
                || interfaces.size() > MAX_INTERFACES
                || interfaces.stream().distinct().count() != interfaces.size()) {
            throw new IllegalArgumentException("1 to " + MAX_INTERFACES + " interfaces, each named once");
        }
        byte[] bytes = group6.getAddress();
        if ((bytes[0] & 0xFF) != 0xFF || (bytes[1] & 0xFF) != 0x12) {
            throw new IllegalArgumentException(
                    group6.getHostAddress() + " is not in ff12::/16, the transient link-local groups");
        }
        if ((group4.getAddress()[0] & 0xFF) != 239) {
            throw new IllegalArgumentException(
                    group4.getHostAddress() + " is not in 239.0.0.0/8, the administratively scoped groups");
        }
        PayloadRules.requirePort(port);
    }

    /** The default groups on these interfaces. */
    public static MulticastSettings on(List<String> interfaces, int port) {
        byte[] group6 = {(byte) 0xFF, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x52, 0x57};
        byte[] group4 = {(byte) 239, 82, 87, 1};
        try {
            return new MulticastSettings(
                    interfaces,
                    (Inet6Address) InetAddress.getByAddress(group6),
                    (Inet4Address) InetAddress.getByAddress(group4),
                    port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes is one", e);
        }
    }
}
