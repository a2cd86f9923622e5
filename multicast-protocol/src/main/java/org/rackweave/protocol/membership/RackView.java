package org.rackweave.protocol.membership;

import java.util.List;
import java.util.Optional;
import org.rackweave.crypto.NodeId;

/**
 * The rack as this node sees it at one moment, without itself.
 *
 * @param generation grows with each change of anything but silence; the same generation means the same neighbours,
 *     liveness, endpoints and offerings
 * @param neighbours in the order of their ids
 */
public record RackView(long generation, List<Neighbour> neighbours) {
    public RackView {
        neighbours = List.copyOf(neighbours);
    }

    /** Those that matching may use. */
    public List<Neighbour> alive() {
        return neighbours.stream()
                .filter(neighbour -> neighbour.liveness() == Liveness.ALIVE)
                .toList();
    }

    /** The neighbour with this id, if it is in the table. */
    public Optional<Neighbour> neighbour(NodeId node) {
        return neighbours.stream()
                .filter(neighbour -> neighbour.node().equals(node))
                .findFirst();
    }
}
