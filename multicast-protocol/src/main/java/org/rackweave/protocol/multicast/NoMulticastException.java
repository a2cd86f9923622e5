package org.rackweave.protocol.multicast;

import java.util.List;

/** Not one of the configured interfaces can multicast. The message names each with its problem, and says what to do. */
public final class NoMulticastException extends Exception {
    private static final long serialVersionUID = 1L;

    NoMulticastException(List<String> problems) {
        super("none of the configured interfaces can multicast (" + String.join("; ", problems)
                + "): configure one that is up and has an IPv6 link-local or"
                + " an IPv4 address, or 'lo' for a rack on this machine alone");
    }
}
