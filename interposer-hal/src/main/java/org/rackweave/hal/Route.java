package org.rackweave.hal;

import java.util.Objects;

/** What the hardware itself says about where a slice is routed. Read back, never remembered. */
public sealed interface Route {
    /** Bound to no host. */
    record Unbound() implements Route {}

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
