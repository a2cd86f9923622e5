package org.rackweave.hal;

import java.util.Objects;

/** What the hardware itself says about where a slice is routed. Read back, never remembered. */
public sealed interface Route {
    /**
     * Bound to no host.
     *
     * @param epoch the newest epoch that the hardware holds, or 0 where it holds none: an owner that lost its ledger grants
     *     above it
     */
    record Unbound(long epoch) implements Route {}

    /**
     * Bound to a host.
     *
     * @param host the host port it is bound to
     * @param epoch the epoch that the hardware holds with the route, or 0 where {@link Fence#ROUTE_READBACK} applies
     */
    record Bound(String host, long epoch) implements Route {
        public Bound {
            Objects.requireNonNull(host);
        }
    }
}
