package org.rackweave.protocol.membership;

import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Offering;

/**
 * One neighbour at one moment.
 *
 * @param node which
 * @param name its name from its certificate; empty for one that was banned before it was ever heard
 * @param liveness what is believed of it
 * @param bootEpoch its incarnation
 * @param endpoint where it answers CoAP over DTLS
 * @param version of its offering; 0 until its first announcement of this incarnation
 * @param silentMillis since it was last heard, or last answered a probe
 * @param offering what it announced last in this incarnation
 */
public record Neighbour(
        NodeId node,
        String name,
        Liveness liveness,
        long bootEpoch,
        Endpoint endpoint,
        long version,
        long silentMillis,
        Offering offering) {
    public Neighbour {
        Objects.requireNonNull(node);
        Objects.requireNonNull(name);
        Objects.requireNonNull(liveness);
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(offering);
    }

    /** The same, as it is told to a client. */
    public NodeView toView() {
        return new NodeView(
                node,
                name,
                liveness.word(),
                bootEpoch,
                endpoint.toString(),
                version,
                silentMillis,
                offering.capacities());
    }
}
