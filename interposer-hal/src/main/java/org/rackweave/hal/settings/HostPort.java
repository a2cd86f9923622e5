package org.rackweave.hal.settings;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a network as people write it: {@code card-a:5684}, {@code 192.0.2.7:2508}, {@code [fe80::1%eth0]:5684}. Nothing is looked up
 * before {@link #socket}.
 *
 * @param host a name, or an address without brackets, with the interface where it needs one
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    /** How it is written, for an error. */
    public static final String FORM = "HOST:PORT, or [ADDRESS%INTERFACE]:PORT for IPv6";

    private static final Pattern TEXT = Pattern.compile(
            "(?:\\[(?<v6>[0-9a-fA-F:.]{2,45}(?:%[^\\s\\]%]{1,16})?)\\]|(?<name>[^\\s:\\[\\]/]{1,253}))(?::(?<port>[0-9]{1,5}))?");
    private static final int LAST_PORT = 0xFFFF;

    public HostPort {
        Objects.requireNonNull(host);
        if (host.isEmpty() || port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException("a place has a host, and a port from 1 to " + LAST_PORT);
        }
    }

    /** Empty for what has no port, or is not written so. */
    public static Optional<HostPort> parse(String text) {
        return parse(text, 0);
    }

    /** @param otherwise the port where none is written; 0: one has to be */
    public static Optional<HostPort> parse(String text, int otherwise) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String digits = matcher.group("port");
        int port = digits == null ? otherwise : Integer.parseInt(digits);
        if (port < 1 || port > LAST_PORT) {
            return Optional.empty();
        }
        String address = matcher.group("v6");
        String name = matcher.group("name");
        return Optional.of(new HostPort(address == null ? Objects.requireNonNull(name) : address, port));
    }

    /** With the host's name looked up, where it is one that somebody knows. */
    public InetSocketAddress socket() {
        return new InetSocketAddress(host, port);
    }

    /** As it is written. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
