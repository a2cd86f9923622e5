package org.rackweave.cli;

import java.util.Optional;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.protocol.message.WipeProof;

/**
 * The certificate that came with a grant, and what it has to hold for.
 *
 * @param lease the grant, as its id is written
 * @param slice what was granted
 * @param epoch with which it was granted
 */
record WipeRecord(String lease, SliceId slice, Epoch epoch, WipeCertificate wipe) {
    static Optional<WipeRecord> of(LeaseView lease) {
        return lease.wipe().map(wipe -> new WipeRecord(lease.id().toString(), lease.slice(), lease.epoch(), wipe));
    }

    /** Why it proves nothing; empty when it does. */
    Optional<String> fault() {
        return wipe.fault(slice, epoch, WipeProof::opened);
    }
}
