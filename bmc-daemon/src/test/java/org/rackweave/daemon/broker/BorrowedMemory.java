package org.rackweave.daemon.broker;

import java.util.Optional;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;

/** Memory that this host borrowed of one neighbour, as its card shows it: each lease a window named by its number. */
final class BorrowedMemory {
    static final NodeId OWNER = new NodeId(7, 7);

    private static final NodeId BORROWER = new NodeId(5, 5);

    private BorrowedMemory() {}

    static LeaseView lease(LeaseId id, LoanId loan, long amount, Optional<Attachment> attachment) {
        return new LeaseView(
                id,
                loan,
                new SliceId(OWNER, "window" + id.high()),
                BORROWER,
                SliceState.ACTIVE,
                new Epoch(1),
                ResourceKind.MEMORY,
                amount,
                4,
                60_000,
                60_000,
                ForcedEndEffect.FATAL,
                FenceKind.HARDWARE_EPOCH,
                attachment,
                Optional.empty(),
                "");
    }
}
