package org.rackweave.daemon.hardware;

import java.util.function.Function;
import java.util.function.LongSupplier;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.WipeStatement;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.protocol.message.WipeProof;

/**
 * Signs what the hardware wiped, on the thread that drove it: a signature takes a card's processor as long as some grants, and
 * the conductor has those to do. The core is told of a wipe together with its proof, so that a slice is never free without it.
 */
public final class WipeSigner {
    private final NodeId owner;
    private final Function<WipeStatement, WipeProof> key;
    private final LongSupplier wallMillis;

    /**
     * @param owner the node whose hardware it is
     * @param key signs as that node; called on any thread
     * @param wallMillis the wall clock, advisory
     */
    public WipeSigner(NodeId owner, Function<WipeStatement, WipeProof> key, LongSupplier wallMillis) {
        this.owner = owner;
        this.key = key;
        this.wallMillis = wallMillis;
    }

    /** The same, with a proof when it tells of a wipe. */
    public LeaseEvent.HardwareDone sign(LeaseEvent.HardwareDone done) {
        if (!(done.result() instanceof HardwareResult.Wiped wiped)) {
            return done;
        }
        WipeProof proof = key.apply(new WipeStatement(
                owner,
                done.sliceKey(),
                done.epoch().value(),
                wiped.by(),
                wiped.method(),
                wiped.wipedBytes(),
                wiped.verifiedBytes(),
                wiped.durationMillis(),
                Math.max(0, wallMillis.getAsLong()),
                wiped.told().lockState().orElse(""),
                wiped.told().firmware().orElse("")));
        return new LeaseEvent.HardwareDone(done.sliceKey(), done.epoch(), done.order(), wiped.with(proof));
    }
}
