package org.rackweave.daemon.coordinator;

import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.SliceId;

/**
 * What a borrower could do for somebody else.
 *
 * @param lease what it would give up
 * @param borrower who holds that
 * @param to what it could have in its place
 * @param reason for whom, for people
 */
public record Move(LeaseId lease, NodeId borrower, SliceId to, String reason) {
    public Move {
        Objects.requireNonNull(lease);
        Objects.requireNonNull(borrower);
        Objects.requireNonNull(to);
        Objects.requireNonNull(reason);
    }
}
